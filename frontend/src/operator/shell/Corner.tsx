import "@mantine/notifications/styles.css";
import { Notifications } from "@mantine/notifications";

/** Where short messages appear. */
export default function Corner() {
  return <Notifications position="top-right" />;
}
