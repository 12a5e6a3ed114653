// A wedge reader types: its keys are gathered from the whole document, whatever has the focus,
// until Enter or Tab ends the code. Keys that come so fast into a field are the reader's too.
const PAUSE = 1000; // milliseconds after which a new code begins
const HESITATION = 300; // after which what comes into a field is something new
const FAST = 60; // between two keys of a reader, on the average: a busy machine holds up some
const SHORTEST = 4;
const LONGEST = 12_000;

const isField = (target) => target.matches?.("input:not([type=checkbox]):not([type=hidden]), textarea");

// onCode(code, timeStamp of its last key)
export const listen = (onCode) => {
  let text = "";
  let firstAt = 0;
  let lastAt = 0;
  const isReaders = () =>
    text.length >= SHORTEST && (lastAt - firstAt) / (text.length - 1) < FAST;

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const gap = event.timeStamp - lastAt;
      const inField = isField(event.target);
      if (gap > (inField ? HESITATION : PAUSE)) text = "";
      if (event.key === "Enter" || event.key === "Tab") {
        const code = text;
        const byReader = isReaders();
        text = "";
        // In a field Enter sends the field, and Tab leaves it, unless a reader typed.
        if (!code || (inField && !byReader)) return;
        event.preventDefault();
        event.stopPropagation();
        if (inField && event.target.value.endsWith(code)) {
          event.target.value = event.target.value.slice(0, -code.length);
        }
        onCode(code, event.timeStamp);
        return;
      }
      if (event.key.length !== 1) return;
      // A code's space would press the button that has the focus; a person's should.
      if (!inField && event.key === " ") {
        if (!text) return;
        event.preventDefault();
      }
      if (!text) firstAt = event.timeStamp;
      lastAt = event.timeStamp;
      if (text.length < LONGEST) text += event.key;
    },
    true,
  );
};
