import { fileURLToPath } from "node:url";
import react from "@vitejs/plugin-react";
import type { Plugin } from "vite";
import { defineConfig } from "vitest/config";

const api = process.env.BRIDGE24_API ?? "http://127.0.0.1:8080";

// The server answers only who calls it by its own name, so the browser's is passed on.
const proxied = { target: api, changeOrigin: false };

/** The addresses of screens lead to the page, as they do when it is served built. */
const screens: Plugin = {
  name: "screens",
  configureServer(server) {
    server.middlewares.use((request, _response, next) => {
      const isScreen = /^\/[\w-]*\/?(\?|$)/.test(request.url ?? "");
      const wantsPage = request.headers.accept?.includes("text/html");
      if (request.method === "GET" && isScreen && wantsPage) request.url = "/operator.html";
      next();
    });
  },
};

export default defineConfig({
  plugins: [react(), screens],
  resolve: { alias: { "@": fileURLToPath(new URL("./src", import.meta.url)) } },
  build: {
    target: "es2022",
    // What each part imports: the budget of the first screen is counted from it.
    manifest: true,
    rolldownOptions: { input: { operator: "operator.html" } },
  },
  server: { proxy: { "/api": proxied, "/health": proxied, "/ready": proxied } },
  test: { include: ["src/**/*.test.ts"], environment: "node" },
});
