// What only a Safe needs, as a part of its own that comes when it is asked for.
export { SafeFile } from "../../parts/safe-file.tsx";
