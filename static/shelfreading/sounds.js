// Short tones, made here: no file to load. A slight one for a book in its place, a low double one
// for what wants a hand (wrong section, on loan, unknown). Off until switched on, and remembered.
const KEY = "rafkhan-sound";
const TONES = { fine: [[880, 0, 0.07]], hand: [[300, 0, 0.14], [220, 0.18, 0.2]] };
let context = null;

const read = () => {
  try {
    return localStorage.getItem(KEY) === "on";
  } catch {
    return false;
  }
};
let isOn = read();

export const soundIsOn = () => isOn;

export const switchSound = () => {
  isOn = !isOn;
  try {
    localStorage.setItem(KEY, isOn ? "on" : "off");
  } catch {
    // It holds for this page then.
  }
  return isOn;
};

export const play = (name) => {
  if (!isOn) return;
  context ??= new AudioContext();
  context.resume();
  for (const [pitch, after, length] of TONES[name]) {
    const tone = context.createOscillator();
    const loudness = context.createGain();
    const start = context.currentTime + after;
    tone.frequency.value = pitch;
    loudness.gain.setValueAtTime(0.2, start);
    loudness.gain.exponentialRampToValueAtTime(0.001, start + length);
    tone.connect(loudness).connect(context.destination);
    tone.start(start);
    tone.stop(start + length);
  }
};
