import { notifications, useNotifications } from "@mantine/notifications";
import { lazy, Suspense, useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLive, wasReturn } from "@/api/live";

const Corner = lazy(() => import("./Corner"));

/** Short messages; what draws them is loaded with the first one. */
export function Messages() {
  const { t } = useTranslation();
  const { notifications: shown } = useNotifications();
  useEffect(() => {
    const say = () =>
      notifications.show({ color: "teal", message: t("live.returned"), autoClose: 10_000 });
    if (wasReturn()) say();
    return useLive.subscribe((now, before) => {
      if (now.returns > before.returns) say();
    });
  }, [t]);
  if (shown.length === 0) return null;
  return (
    <Suspense>
      <Corner />
    </Suspense>
  );
}
