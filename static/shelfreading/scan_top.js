// What is always in view while scanning: what was not sent, how old the list is, who else reads
// here, and how far this stretch is.
import { number } from "./scan_view.js";
import { progressOf, stretchAt } from "./secondlook.js";

const MINUTE = 60_000;
const TIMES = [[1440 * MINUTE, "روز"], [60 * MINUTE, "ساعت"], [MINUTE, "دقیقه"]];

export const ago = (then, now) => {
  const passed = now - then;
  const unit = TIMES.find(([length]) => passed >= length);
  return unit ? `${number(Math.floor(passed / unit[0]))} ${unit[1]} پیش` : "همین حالا";
};

export const openTop = (root) => {
  const at = (selector) => root.querySelector(selector);
  let asOf = null;
  const top = { busy: [] };

  const tellAge = () => {
    if (asOf !== null) at("#list-age").textContent = `فهرست روی این دستگاه: ${ago(asOf, Date.now())}`;
  };
  setInterval(tellAge, MINUTE / 4);

  top.showAge = (moment) => {
    asOf = moment.getTime();
    tellAge();
  };

  top.refresh = async (work) => {
    at("#refresh").disabled = true;
    if (!(await work())) at("#list-age").textContent = "فهرست تازه نشد؛ شبکه را ببینید.";
    at("#refresh").disabled = false;
  };

  top.showQueue = (now, loginLink) => {
    at("#unsent-count").textContent = number(now.unsent);
    const tone = now.problem || !now.isSafe ? "late" : now.unsent ? "call" : "ok";
    at("#unsent-mark").className = `mark tone-${tone}`;
    const parts = [now.problem];
    if (!now.isSafe) parts.push("این مرورگر چیزی نگه نمی‌دارد؛ تا فرستاده شدن همه، صفحه را نبندید.");
    if (now.isLate) parts.push("این رف‌خوانی پایان یافته است؛ آنچه می‌رسد جدا نگه داشته می‌شود.");
    if (now.refused.length) parts.push(`پذیرفته نشد: ${now.refused.at(-1).reason}`);
    const words = parts.filter(Boolean).join(" ");
    const why = at("#unsent-why");
    // Told again only when it is news: a screen reader would read it out with every scan.
    if (why.dataset.words === words) return;
    why.dataset.words = words;
    why.textContent = words;
    if (now.status === 401) why.append(" ", loginLink());
  };

  // Why this page won't open without a network; '' where it will.
  top.showKept = (why) => {
    at("#kept-why").hidden = !why;
    at("#kept-why").textContent = why;
  };

  top.showStretch = (list, wasRead, position) => {
    const index = position < 0 ? -1 : stretchAt(list, position);
    at("#stretch").hidden = index < 0;
    const others = top.busy.filter((one) => one.stretch === index).map((one) => one.who);
    at("#busy").hidden = index < 0 || !others.length;
    if (index < 0) return;
    const { read, all } = progressOf(list, wasRead, index);
    at("#stretch-name").textContent = list.stretches[index][2];
    at("#stretch-count").textContent = `${number(read)} از ${number(all)}`;
    at("#stretch-bar").max = Math.max(1, all);
    at("#stretch-bar").value = read;
    const words = `${others.join("، ")} هم همین قفسه را می‌خواند؛ با هم قرار بگذارید که هر کس کدام را بخواند.`;
    if (others.length && at("#busy").textContent !== words) at("#busy").textContent = words;
  };
  return top;
};
