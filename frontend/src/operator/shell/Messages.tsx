import "@mantine/notifications/styles.css";
import { Notifications, notifications } from "@mantine/notifications";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useLive } from "@/api/live";

/** Short messages in the corner; loaded after the first screen is there. */
export default function Messages() {
  const { t } = useTranslation();
  useEffect(
    () =>
      useLive.subscribe((now, before) => {
        if (now.returns > before.returns) {
          notifications.show({ color: "teal", message: t("live.returned") });
        }
      }),
    [t],
  );
  return <Notifications position="top-right" />;
}
