import { Loader, Center } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type ReactNode, lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { onSignedOut } from "@/api/client";
import { ApiError } from "@/api/errors";
import { goLive } from "@/api/live";
import { useMe } from "@/api/session";

const SignIn = lazy(() => import("./SignIn"));

/**
 * Shows the screens to whoever may see them, else the sign-in.
 *
 * The address stays, so that one is where one was after signing in again.
 */
export function Gate({ children }: { children: ReactNode }) {
  const { t } = useTranslation();
  const queries = useQueryClient();
  const me = useMe();
  const refused = me.error instanceof ApiError && me.error.status === 401;
  const inside = me.data !== undefined && !refused;

  useEffect(
    () => onSignedOut(() => void queries.invalidateQueries({ queryKey: ["me"] })),
    [queries],
  );
  useEffect(() => (inside ? goLive(queries) : undefined), [inside, queries]);

  const waiting = (
    <Center h="100vh">
      <Loader aria-label={t("loading")} />
    </Center>
  );
  if (refused) return <Suspense fallback={waiting}>{<SignIn />}</Suspense>;
  if (me.isPending) return waiting;
  return children;
}
