// The phone's camera as a reader. The decoder is fetched only when the camera is switched on, and
// from here: its own default is another host.
const FORMATS = ["code_128", "code_39", "ean_13", "qr_code"];
const EVERY = 100; // milliseconds between two looks
const APART = 1500; // a code is new again when it was out of sight for so long

let detector = null;
const loadDetector = async (wasm) => {
  if (detector) return detector;
  const { BarcodeDetector, prepareZXingModule } = await import("../vendor/barcode-detector/ponyfill.js");
  prepareZXingModule({ overrides: { locateFile: () => wasm } });
  detector = new BarcodeDetector({ formats: FORMATS });
  return detector;
};

// Why the camera can't be had, in words for the person.
const reasonOf = (error) => {
  if (!window.isSecureContext) {
    return "مرورگر دوربین را تنها روی نشانی امن (https) باز می‌کند؛ با بارکدخوان یا نوشتن کد ادامه دهید.";
  }
  if (error.name === "NotAllowedError") {
    return "اجازهٔ دوربین داده نشده است؛ در تنظیمات مرورگر برای این نشانی اجازه دهید و دوباره روشن کنید.";
  }
  if (error.name === "NotFoundError") return "این دستگاه دوربین ندارد؛ با بارکدخوان یا نوشتن کد ادامه دهید.";
  return "دوربین باز نشد؛ اگر برنامهٔ دیگری آن را گرفته است، آن را ببندید و دوباره روشن کنید.";
};

// onCode(code, timeStamp), onChange({isOn, hasTorch, problem}) as the camera goes on and off.
const openCamera = ({ video, wasm, onCode, onChange }) => {
  let stream = null;
  let timer = null;
  const seenAt = new Map();

  const track = () => stream?.getVideoTracks()[0];

  const stop = (problem = "") => {
    clearTimeout(timer);
    for (const one of stream?.getTracks() ?? []) one.stop();
    stream = null;
    video.srcObject = null;
    seenAt.clear();
    onChange({ isOn: false, hasTorch: false, problem });
  };

  const look = async (reader, own) => {
    if (stream !== own) return;
    if (video.readyState >= HTMLMediaElement.HAVE_CURRENT_DATA) {
      for (const { rawValue } of await reader.detect(video).catch(() => [])) {
        const now = performance.now();
        const isNew = !(now - seenAt.get(rawValue) < APART);
        seenAt.set(rawValue, now);
        if (isNew && stream === own) onCode(rawValue, now);
      }
    }
    if (stream === own) timer = setTimeout(look, EVERY, reader, own);
  };

  const start = async () => {
    try {
      const wanted = { facingMode: "environment", width: { ideal: 1280 }, height: { ideal: 720 } };
      const reader = loadDetector(wasm);
      const own = await navigator.mediaDevices.getUserMedia({ video: wanted });
      stream = own;
      video.srcObject = own;
      await video.play();
      onChange({ isOn: true, hasTorch: Boolean(track()?.getCapabilities?.().torch), problem: "" });
      look(await reader, own);
    } catch (error) {
      stop(reasonOf(error));
    }
  };

  const setTorch = (isLit) => track()?.applyConstraints({ advanced: [{ torch: isLit }] });

  // Nobody looks at a hidden page, and the phone's battery is for the shelves.
  document.addEventListener("visibilitychange", () => {
    if (document.hidden && stream) stop();
  });
  return { start, stop, setTorch };
};

// The page's own buttons for it.
export const wireCamera = (wasm, onCode) => {
  const at = (id) => document.querySelector(`#${id}`);
  const press = (id, isOn) => at(id).setAttribute("aria-pressed", String(isOn));
  const isPressed = (id) => at(id).getAttribute("aria-pressed") === "true";
  const onChange = ({ isOn, hasTorch, problem }) => {
    press("camera", isOn);
    press("torch", false);
    at("viewfinder").hidden = !isOn;
    at("torch").hidden = !hasTorch;
    at("camera-problem").hidden = !problem;
    at("camera-problem").textContent = problem;
  };
  const camera = openCamera({ video: at("video"), wasm, onCode, onChange });
  at("camera").addEventListener("click", () => (isPressed("camera") ? camera.stop() : camera.start()));
  at("torch").addEventListener("click", () => {
    press("torch", !isPressed("torch"));
    camera.setTorch(isPressed("torch"));
  });
};
