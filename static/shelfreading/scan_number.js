// The small field for the registration number of a book without a barcode. It is not modal: Enter
// closes it, and so does the next book. Whatever was typed counts, however it is left.
import { asciiDigits } from "./answers.js";

// isBook(typed) says that it is a book's code and no number: a reader so slow that it seemed a
// person; onBook(typed, since) takes it. onNumber(book, typed, since) gets a number.
export const openNumberField = ({ isBook, onBook, onNumber }) => {
  const form = document.querySelector("#no-barcode");
  const input = form?.elements.number;
  let book = null; // whose number is asked for

  const close = (since) => {
    if (!book) return;
    const typed = asciiDigits(input.value).trim();
    const asked = book;
    book = null;
    form.hidden = true;
    if (typed) onNumber(asked, typed, since);
  };

  form?.addEventListener("submit", (event) => {
    event.preventDefault();
    const typed = input.value;
    if (!isBook(typed)) return close(event.timeStamp);
    input.value = "";
    onBook(typed, event.timeStamp);
  });
  document.querySelector("#no-number")?.addEventListener("click", () => {
    input.value = "";
    close();
  });

  return {
    close,
    open(doing) {
      book = doing;
      form.hidden = false;
      input.value = "";
      input.focus({ preventScroll: true });
    },
  };
};
