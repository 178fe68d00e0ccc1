import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import { defineConfig } from "vitest/config";

const api = process.env.BRIDGE24_API ?? "http://127.0.0.1:8080";

export default defineConfig({
  plugins: [react()],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // What each part imports: the budget of the first screen is counted from it.
    manifest: true,
    rolldownOptions: { input: { operator: "operator.html" } },
  },
  server: { proxy: { "/api": api, "/health": api, "/ready": api } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
