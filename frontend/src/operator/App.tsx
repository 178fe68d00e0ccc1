import { MantineProvider } from "@mantine/core";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode, Suspense } from "react";
import { BrowserRouter } from "react-router";
import { ApiError } from "@/api/errors";
import { readable, theme } from "@/ui/theme";
import { Screens } from "./Screens";
import { Gate } from "./shell/Gate";
import { Messages } from "./shell/Messages";

const queries = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 1_000,
      // What the server has understood and refused is not asked again.
      retry: (failures, error) =>
        !(error instanceof ApiError && error.status < 500) && failures < 2,
    },
  },
});

export function App() {
  return (
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={readable} defaultColorScheme="auto">
        <QueryClientProvider client={queries}>
          <Suspense>
            <Messages />
          </Suspense>
          <BrowserRouter>
            <Gate>
              <Screens />
            </Gate>
          </BrowserRouter>
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
