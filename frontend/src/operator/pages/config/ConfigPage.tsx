import { useTranslation } from "react-i18next";
import { Page } from "@/ui/Page";

export default function ConfigPage() {
  const { t } = useTranslation("config");
  return <Page title={t("title")}>{null}</Page>;
}
