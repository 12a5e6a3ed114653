// On a session's home: what this device has not sent yet, sent from here too.
import { bannerOf, openQueue } from "./queue.js";

const box = document.querySelector("#unsent");
openQueue({ session: box.dataset.session, url: box.dataset.url, onChange: bannerOf(box) });
