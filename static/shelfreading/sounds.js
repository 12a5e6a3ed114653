// Sounds made here: no file to load. Each answer has a rhythm and a pitch of its own, so that it is
// known with eyes shut; in the silent mode the same rhythm comes as vibration, and the edge of the
// page lights up. Loud unless told otherwise, and remembered.
const KEY = "rafkhan-silent";

// Tones as [hertz, begins after, lasts] (seconds); vibration as milliseconds on, off, on, …
export const PATTERNS = {
  fine: { name: "سر جای خود", wave: "sine", tones: [[1175, 0, 0.07]], buzz: [35] },
  on_loan: {
    name: "در امانت است",
    wave: "triangle",
    tones: [[523, 0, 0.1], [659, 0.13, 0.1], [784, 0.26, 0.16]],
    buzz: [60, 70, 60, 70, 180],
  },
  elsewhere: {
    name: "از جای دیگر",
    wave: "triangle",
    tones: [[587, 0, 0.2], [330, 0.24, 0.3]],
    buzz: [220, 80, 220],
  },
  unknown: { name: "ناشناخته", wave: "square", tones: [[150, 0, 0.5]], buzz: [500] },
  turned_up: {
    name: "وجین‌شده یا گم‌شده‌ای که پیدا شد",
    wave: "sine",
    tones: [[880, 0, 0.06], [1320, 0.07, 0.06], [880, 0.14, 0.06], [1320, 0.21, 0.06], [1760, 0.28, 0.14]],
    buzz: [30, 40, 30, 40, 30, 40, 30, 40, 90],
  },
  repeated: { name: "تکراری", wave: "sine", tones: [[440, 0, 0.06], [440, 0.12, 0.06]], buzz: [40, 80, 40] },
};
// What is no answer about a book: a command taken or a code kept, and a command with nothing to do.
export const SIGNS = {
  kept: { name: "فرمان ثبت شد", wave: "triangle", tones: [[262, 0, 0.05], [392, 0.06, 0.08]], buzz: [25, 25, 70] },
  nothing: {
    name: "فرمان کاری برای انجام نداشت",
    wave: "square",
    tones: [[196, 0, 0.08], [196, 0.1, 0.08], [196, 0.2, 0.08]],
    buzz: [90, 30, 90, 30, 90],
  },
};
const ALL = { ...PATTERNS, ...SIGNS };
const LOUDNESS = { sine: 0.3, triangle: 0.3, square: 0.1 };

let context = null;
let isSilent = (() => {
  try {
    return localStorage.getItem(KEY) === "yes";
  } catch {
    return false;
  }
})();

export const silent = () => isSilent;
export const setSilent = (value) => {
  isSilent = value;
  try {
    localStorage.setItem(KEY, value ? "yes" : "no");
  } catch {
    // It holds for this page then.
  }
};

// A browser opens its loudspeaker only after a touch or a key; opened early, the first scan sounds too.
const open = () => {
  context ??= new AudioContext({ latencyHint: "interactive" });
  if (context.state === "suspended") context.resume();
  return context;
};
for (const kind of ["pointerdown", "keydown"]) {
  addEventListener(kind, () => !isSilent && open(), { once: true, capture: true });
}

let busy = []; // the tones of the last sound: a new one cuts them short, so that each is heard
const sound = ({ wave, tones }) => {
  const { destination, currentTime: now } = open();
  for (const tone of busy) tone.stop(now);
  busy = tones.map(([pitch, after, length]) => {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = now + after;
    tone.type = wave;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(LOUDNESS[wave], start);
    loudness.gain.setValueAtTime(LOUDNESS[wave], start + length * 0.6);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + length);
    tone.connect(loudness).connect(destination);
    tone.start(start);
    tone.stop(start + length);
    return tone;
  });
};

// Plays a sound, or vibrates and calls flash(name) in the silent mode. `since` is the time stamp of
// the key that ended the code: how long the person waited for it is kept for whoever measures.
export const play = (name, { since = null, flash = () => {} } = {}) => {
  if (isSilent) {
    navigator.vibrate?.(ALL[name].buzz);
    flash(name);
  } else {
    sound(ALL[name]);
  }
  if (since === null) return;
  performance.measure("scan-to-sound", { start: since, end: performance.now(), detail: name });
};
