// What a code is, by the list on the device and by what was seen (spec B1, B2). Pure; the states,
// their words and what to do are those of shelfreading/domain/scan_answer.py.

const PERSIAN = "۰۱۲۳۴۵۶۷۸۹";
const ARABIC = "٠١٢٣٤٥٦٧٨٩";
// As libraries/domain/persian.py has them: what can't be seen and means nothing in a code.
const INVISIBLE =
  /[\x00-\x08\x0e-\x1b\x7f-\x84\x86-\x9f\xad\u034f\u061c\u180b-\u180f\u200b\u200d-\u200f\u202a-\u202e\u2060-\u206f\ud800-\udfff\ufe00-\ufe0f\ufeff\ufff9-\ufffb\ufffe\uffff\u{13430}-\u{1345f}\u{1bca0}-\u{1bca3}\u{1d173}-\u{1d17a}\u{e0000}-\u{e0fff}]/gu;
// White space as Python has it, and ZWNJ, which means something in a word and nothing in a code.
const SPACES = /[\t-\r\x1c-\x20\x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\u200c]/g;
const LETTERS = { ي: "ی", ى: "ی", ك: "ک" };
const SYMBOLOGY = /\][A-Za-z][0-9A-Za-z]/;
const MADE_BY_SHEETS = /^(?:=?"([^"]+)"|'(.+)|([0-9]+)\.0)$/su;

export const asciiDigits = (text) =>
  text.replace(/[۰-۹٠-٩]/g, (digit) => String(Math.max(PERSIAN.indexOf(digit), ARABIC.indexOf(digit))));
export const persianDigits = (text) => String(text).replace(/[0-9]/g, (digit) => PERSIAN[digit]);

// A code without what is not part of it: libraries/domain/codes.py::clean_code.
export const cleanCode = (raw) => {
  if (/^[0-9A-Za-z]+$/.test(raw)) return raw;
  let [code, before] = [raw, null];
  while (code !== before) {
    before = code;
    code = code.replace(INVISIBLE, "").normalize("NFC");
    code = asciiDigits(code.replace(/[يىك]/g, (letter) => LETTERS[letter]).replace(SPACES, ""));
    if (code.startsWith("]")) code = code.replace(SYMBOLOGY, "");
    if (code.length > 2 && code.startsWith("*") && code.endsWith("*")) code = code.slice(1, -1);
    const made = MADE_BY_SHEETS.exec(code);
    if (made) code = made[1] ?? made[2] ?? made[3];
  }
  return code;
};

// Each state's word, what to do, and the sound it has of its own (see sounds.js).
export const STATES = {
  present: { sound: "fine", label: "حاضر در قفسه", note: "سر جای خود است." },
  back_from_binder: { sound: "fine", label: "بازگشته از صحافی", note: "از صحافی بازگشته است؛ در قفسه بماند." },
  on_loan_on_shelf: { sound: "on_loan", label: "در امانت، ولی در قفسه", note: "در سامانه در امانت است؛ برای ثبت بازگشت کنار بگذارید." },
  misplaced: { sound: "elsewhere", label: "جای نادرست", note: "" },
  unknown: { sound: "unknown", label: "ناشناخته", note: "این کد در هیچ فهرستی نیست؛ کتاب را کنار بگذارید." },
  found: { sound: "turned_up", label: "پیدا شده", note: "گم‌شده یا برنگشته بود و پیدا شد؛ در قفسه بماند." },
  weeded_on_shelf: { sound: "turned_up", label: "وجین‌شده، ولی در قفسه", note: "وجین شده است؛ از قفسه بردارید." },
  repeated: { sound: "repeated", label: "تکرار خواندن", note: "پیش‌تر در همین رف‌خوانی خوانده شده است." },
};
// Standing on the shelf, by the record's letter of the status when the list was frozen.
const OF_STATUS = { a: "present", b: "back_from_binder", w: "weeded_on_shelf", m: "found", u: "found" };

export const stateOf = (status, { isLent, isElsewhere, isRepeated }) => {
  if (isRepeated) return "repeated";
  if (!status) return isElsewhere ? "misplaced" : "unknown";
  return status === "a" && isLent ? "on_loan_on_shelf" : OF_STATUS[status];
};

// The answer to a code that stands at `position` of the list (-1: it is not in it).
export const answerOf = (list, code, position, isRepeated) => {
  const other = position < 0 ? list.other(code) : null;
  const state = stateOf(position < 0 ? "" : list.status(position), {
    isLent: position >= 0 && list.isLent(position),
    isElsewhere: Boolean(other),
    isRepeated,
  });
  const note =
    state === "misplaced" ? `جای آن در قفسه‌های دیگر بخش «${other.section}» است.` : STATES[state].note;
  return { ...STATES[state], state, note, code, ...(position < 0 ? other : copyOf(list, position)) };
};

const copyOf = (list, position) => ({
  title: list.title(position),
  call: list.call(position),
  number: list.number(position),
});

// A book of the list that stands among another section's: the last three were all of one section
// and it is of another. Where the reader has come to a new section it is said once, and no more.
const BEFORE = 3;
export const isAstray = (sections, section) =>
  sections.length >= BEFORE &&
  sections.slice(-BEFORE).every((one) => one === sections.at(-1)) &&
  sections.at(-1) !== section;

export const astray = (answer, section, around) => ({
  ...answer,
  state: "misplaced",
  sound: "elsewhere",
  label: STATES.misplaced.label,
  note: `از بخش «${section}» است، نه «${around}»؛ اگر به بخش تازه نرسیده‌اید، به جای خود برده شود.`,
});

// The same code within half a second is one scan, whatever it came through. A reader that sends
// it on and on is one too, so each sighting begins the half second anew.
const TWICE = 500; // milliseconds
export const openOnce = (apart = TWICE) => {
  const lastAt = new Map();
  return (code, at) => {
    const isNew = !(at - lastAt.get(code) < apart);
    lastAt.set(code, at);
    if (lastAt.size > 100) {
      for (const [one, seenAt] of lastAt) if (at - seenAt >= apart) lastAt.delete(one);
    }
    return isNew;
  };
};
