import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Short messages in the corner; loaded after the first screen is there. */
export default function Messages() {
  return <Notifications position="top-right" />;
}
