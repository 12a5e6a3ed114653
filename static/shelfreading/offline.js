// Has the service worker keep this page and all it needs, so that it opens without a network too.
const PATIENCE = 60_000;

const WHILE_OPEN = "پس صفحه تنها تا وقتی باز است بی‌شبکه کار می‌کند؛ آن را نبندید.";
const WHY = {
  insecure: `نشانی این سامانه https ندارد، ${WHILE_OPEN}`,
  unsupported: `این مرورگر صفحه‌ها را نگه نمی‌دارد، ${WHILE_OPEN}`,
  failed: `صفحه هنوز روی این دستگاه نگه داشته نشده است، ${WHILE_OPEN}`,
};

const asked = (worker) =>
  new Promise((resolve, reject) => {
    const { port1, port2 } = new MessageChannel();
    port1.onmessage = ({ data }) => resolve(data);
    setTimeout(reject, PATIENCE, new Error("the worker gives no answer"));
    worker.postMessage({ keep: location.href }, [port2]);
  });

// Whether this page opens without a network from now on; where it won't, `why` is a sentence for
// the person. The worker stands beside the sessions, so that it may speak for all their pages.
export const keepPage = async () => {
  if (!window.isSecureContext) return { isKept: false, why: WHY.insecure };
  if (!navigator.serviceWorker) return { isKept: false, why: WHY.unsupported };
  try {
    const script = location.pathname.replace(/sessions\/.*$/, "sessions/worker.js");
    await navigator.serviceWorker.register(script, { updateViaCache: "none" });
    const { active } = await navigator.serviceWorker.ready;
    const { isKept, trouble } = await asked(active);
    if (trouble) console.warn("the page is not kept anew", trouble);
    return { isKept, why: isKept ? "" : WHY.failed };
  } catch (error) {
    console.warn("the page is not kept", error);
    return { isKept: false, why: WHY.failed };
  }
};
