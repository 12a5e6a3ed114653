// What the page shows of each thing read and said: the last one large, and all of them as lines.
import { element, showAnswer, showDone } from "./scan_view.js";

const LINES = 60; // kept on the page
const FLASH = 300; // milliseconds
const BLINK = 80; // the ear waits for nothing; for the eye, what falls into a blink is one drawing

// A thing has `done` (a command) or `answer` (a book), and here its `line`. isUndone(doing) says
// whether it was taken back; onDraw() draws along whatever else has changed.
export const openPicture = ({ isUndone, onDraw }) => {
  const last = document.querySelector("#last");
  const list = document.querySelector("#list");
  const frame = document.querySelector("#flash");
  const undrawn = [];
  let shown = null;
  let isDue = false;
  let drawnAt = -BLINK;
  let flashing = null;

  const draw = (doing, node) => {
    if (doing.done) showDone(node, doing.done);
    else showAnswer(node, doing.answer);
  };

  const lineOf = (doing) => {
    doing.line = element("li", "");
    doing.line.dataset.base = "scan-line";
    draw(doing, doing.line);
    if (isUndone(doing)) doing.line.classList.add("is-undone");
    return doing.line;
  };

  const restore = (doings) => {
    list.prepend(...doings.slice(-LINES).reverse().map(lineOf));
    while (list.children.length > LINES) list.lastElementChild.remove();
  };

  const drawAll = () => {
    isDue = false;
    drawnAt = performance.now();
    if (undrawn.length) {
      restore(undrawn.splice(0));
      draw(shown, last);
    }
    onDraw();
  };

  const soon = () => {
    if (isDue) return;
    isDue = true;
    const wait = drawnAt + BLINK - performance.now();
    if (wait <= 0) requestAnimationFrame(drawAll);
    else setTimeout(requestAnimationFrame, wait, drawAll);
  };

  return {
    soon,
    restore,
    isLast: (doing) => shown === doing,
    strike: ({ line }) => line?.classList.add("is-undone"),
    show(doing) {
      shown = doing;
      undrawn.push(doing);
      soon();
    },
    // Its answer has changed.
    again(doing) {
      if (doing.line) draw(doing, doing.line);
      if (shown === doing) draw(doing, last);
    },
    // In the silent mode the page's edge lights up.
    flash(name) {
      frame.className = `scan-flash flash-${name}`;
      frame.hidden = false;
      clearTimeout(flashing);
      flashing = setTimeout(() => {
        frame.hidden = true;
      }, FLASH);
    },
  };
};
