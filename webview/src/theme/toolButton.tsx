import { Icon, type IconName } from "./icon.js";

export interface ToolButtonProps {
  icon: IconName;
  /** Its name for those who hear the page, and what the mouse shows. */
  label: string;
  disabled?: boolean;
  onClick: () => void;
}

/** A button with a picture. */
export function ToolButton({ icon, label, disabled, onClick }: ToolButtonProps) {
  return (
    <button type="button" class="tool" aria-label={label} title={label} disabled={disabled === true} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}
