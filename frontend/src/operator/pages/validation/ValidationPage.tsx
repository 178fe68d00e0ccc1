import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";

export default function ValidationPage() {
  const { t } = useTranslation("validation");
  return <Page title={t("title")}>{null}</Page>;
}
