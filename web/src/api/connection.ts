// Whether the desk answers, for the line at the top of every page.
import { store } from "../store.ts";

export const connection = store<"ok" | "not-now" | "unreachable">("ok");
