import { useTranslation } from "react-i18next";
import { Failure } from "./States";

interface TroubleProps {
  error: Error & { traceId?: string };
  onRetry?: () => void;
}

/** Any failed request, in words. */
export function Trouble({ error, onRetry }: TroubleProps) {
  const { t } = useTranslation();
  const offline = error.name === "Offline";
  return (
    <Failure
      title={offline ? t("offlineTitle") : t("failed")}
      message={offline ? t("offlineText") : error.message}
      {...(error.traceId ? { traceId: error.traceId } : {})}
      {...(onRetry ? { onRetry } : {})}
    />
  );
}
