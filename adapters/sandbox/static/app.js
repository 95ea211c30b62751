// Where the page begins: every part listens to the world, then somebody comes in.

import "./theme.js";
import "./side.js";
import "./top.js";
import "./messages.js";
import "./composer.js";
import "./stage.js";
import { become, seen, world } from "./world.js";

const [account, room] = decodeURIComponent(location.hash.slice(1)).split("/");
world.room = room ?? "";
document.addEventListener("visibilitychange", seen);
become(account || "mara");
