// A wedge reader types: its keys are gathered from the whole document, whatever has the focus,
// until Enter or Tab ends the code. Keys that come so fast into a field are the reader's too.
const PAUSE = 1000; // milliseconds after which a new code begins
const FAST = 60; // between two keys of a reader
const SHORTEST = 4;
const LONGEST = 12_000;

const isField = (target) => target.matches?.("input:not([type=checkbox]):not([type=hidden]), textarea");

// onCode(code, timeStamp of its last key)
export const listen = (onCode) => {
  let text = "";
  let lastAt = 0;
  let isFast = true;

  const reset = () => {
    text = "";
    isFast = true;
  };

  document.addEventListener(
    "keydown",
    (event) => {
      if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
      const gap = event.timeStamp - lastAt;
      if (gap > PAUSE) reset();
      const inField = isField(event.target);
      if (event.key === "Enter" || event.key === "Tab") {
        const code = text;
        const byReader = isFast && gap < PAUSE && code.length >= SHORTEST;
        reset();
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
      if (text && gap > FAST) {
        // A person's pause inside a field: what comes after it may still be a reader.
        if (inField) reset();
        else isFast = false;
      }
      lastAt = event.timeStamp;
      if (text.length < LONGEST) text += event.key;
    },
    true,
  );
};
