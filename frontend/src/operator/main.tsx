import "@mantine/core/styles.css";
import { createRoot } from "react-dom/client";
import { startI18n } from "@/lib/i18n";
import { App } from "./App";

const root = document.getElementById("root");
if (!root) throw new Error("operator.html has no #root");
await startI18n();
createRoot(root).render(<App />);
