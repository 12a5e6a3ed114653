// On a session's home: what this device has not sent yet, sent from here too.
import { bannerOf, openQueue } from "./queue.js";

const box = document.querySelector("#unsent");
const { session, url } = box.dataset;
openQueue({ session, url, beats: false, onChange: bannerOf(box) });
