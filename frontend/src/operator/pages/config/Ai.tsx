import { Alert, Stack } from "@mantine/core";
import { IconSparkles } from "@tabler/icons-react";
import { useTranslation } from "react-i18next";
import { type Tongue, useDescription } from "@/api/description";
import { Loading } from "@/ui/States";
import { Terms } from "./Terms";
import { Verified } from "./Verified";

/** Whether a model is connected, and what it is taught about this company. */
export function Ai() {
  const { t, i18n } = useTranslation("config");
  const description = useDescription(i18n.language as Tongue);
  const connected = description.data?.model_available;
  return (
    <Stack gap="xl">
      {description.isPending && <Loading rows={1} />}
      {connected !== undefined && (
        <Alert
          color={connected ? "teal" : "gray"}
          icon={<IconSparkles aria-hidden />}
          title={t(connected ? "ai.on" : "ai.off")}
        >
          {t(connected ? "ai.onText" : "ai.offText")}
        </Alert>
      )}
      <Terms />
      <Verified />
    </Stack>
  );
}
