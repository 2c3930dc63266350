using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Texts;

/// <summary>The frame of the consoles of operator and vendors, and what their pages share.</summary>
internal sealed partial class PortalTexts
{
    public string OperatorConsole => Say("operator", "运营商");
    public string VendorConsole => Say("vendor", "厂商");
    public string DashboardTitle => Say("Dashboard", "概览");

    public string ConsoleOf(StaffMember member) =>
        member.Vendor is { } vendor ? Say($"Console of {vendor}", $"{vendor} 控制台") : Say("Operator's console", "运营商控制台");

    public string Comma => Say(", ", "、");

    public string Role(StaffRole role) =>
        role switch
        {
            StaffRole.Administrator => Say("administrator", "管理员"),
            StaffRole.Product => Say("product", "产品"),
            StaffRole.Finance => Say("finance", "财务"),
            StaffRole.Support => Say("support", "客服"),
            StaffRole.Operations => Say("operations", "运维"),
            StaffRole.Auditor => Say("auditor", "审计"),
            StaffRole.VendorAdministrator => Say("administrator (vendor)", "厂商管理员"),
            StaffRole.VendorFinance => Say("finance (vendor)", "厂商财务"),
            _ => Say("viewer (vendor)", "厂商观察员"),
        };

    public string StaffSessionsLead =>
        Say(
            "End what you do not know. A session of staff ends by itself after half an hour without use, and after 12 hours.",
            "请结束不认识的登录。工作人员的登录在半小时未使用或满 12 小时后自动退出。"
        );

    public string DemoStaff(string list) => Say($"Demo staff: {list}.", $"演示工作人员：{list}。");

    public string Cancel => Say("Cancel", "取消");
    public string Reason => Say("Reason", "原因");
    public string ReasonHint => Say("It stays in the audit log.", "将记入审计日志。");
    public string ReasonMissing => Say("Say why, in 3 to 200 characters.", "请填写原因（3 至 200 字）。");
    public string PreviewChanged =>
        Say(
            "Things have changed since this preview was made. Nothing was done; look again.",
            "预览后情况已变化，未执行任何操作，请重新核对。"
        );
    public string ActionDone => Say("Done.", "已完成。");
}
