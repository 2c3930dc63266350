using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Staff;

namespace Tokenline.Portal.Texts;

/// <summary>The operator's console: customers, the audit log, staff.</summary>
internal sealed partial class PortalTexts
{
    public string CustomersTitle => Say("Customers", "客户");
    public string CustomerWord => Say("Customer", "客户");
    public string FindCustomer => Say("Find a customer", "查找客户");
    public string FindCustomerHint =>
        Say(
            "Phone number, name, any id (customer, account, order, plan, key, charge), or a key's last four characters as …abcd",
            "手机号、姓名、任意编号（客户、账户、订单、套餐、密钥、调用），或密钥后四位（…abcd）"
        );
    public string Find => Say("Find", "查找");
    public string NewestCustomers => Say("Newest customers", "最新客户");

    public string FoundFor(string text) => Say($"Found for “{text}”", $"“{text}”的查找结果");

    public string NobodyFound => Say("Nobody was found.", "未找到客户。");
    public string NameWord => Say("Name", "姓名");
    public string KindWord => Say("Kind", "类型");
    public string SinceWord => Say("Since", "开户时间");
    public string ActiveWord => Say("active", "正常");
    public string SuspendedWord => Say("suspended", "已停用");
    public string LeftWord => Say("has left", "已离开");

    public string CustomerTypeWord(CustomerType type) =>
        type switch
        {
            CustomerType.Individual => Say("person", "个人"),
            CustomerType.Household => Say("household", "家庭"),
            _ => Say("organization", "企业"),
        };

    public string SinceDay(DateTime at) => Say($"customer since {Day(DateOnly.FromDateTime(at))}", $"{Day(DateOnly.FromDateTime(at))}开户");

    public string BucketsTitle => Say("What is left", "余额");
    public string NothingHeld => Say("Nothing is left.", "无可用余额。");

    public string OfAll(string all) => Say($"of {all}", $"/ {all}");

    public string HeldByCalls(string held) => Say($"{held} held by running calls", $"进行中的调用占用 {held}");

    public string NoPayAsYouGo => Say("No spending beyond plans", "未开通超额使用");

    public string RunningCalls(int count) => Say(count == 1 ? "1 call runs" : $"{count} calls run", $"{count} 个调用进行中");

    public string RunningCallsWord => Say("Calls that run now", "进行中的调用");
    public string MyPlansOf => Say("Plans", "套餐");
    public string NoPlansHeld => Say("No plan.", "无套餐。");
    public string Last30Days => Say("The last 30 days", "近 30 天");
    public string NotesTitle => Say("Notes", "备注");
    public string NewNote => Say("New note", "新备注");
    public string AddNote => Say("Add", "添加");
    public string NoteExpected => Say("A note has 3 to 500 characters.", "备注为 3 至 500 字。");
    public string DoneByStaff => Say("What was done by staff and programs", "工作人员与程序的操作");
    public string ActionsTitle => Say("Act", "操作");
    public string SuspendCustomer => Say("Suspend", "停用");
    public string SuspendText =>
        Say("New calls are refused until it is resumed; those that run end as they would.", "停用后拒绝新的调用，进行中的调用不受影响。");
    public string ResumeCustomer => Say("Resume", "恢复");
    public string ResumeText => Say("Calls are let in again.", "恢复后可继续调用。");
    public string RevokeKey => Say("Revoke a key", "吊销密钥");
    public string GiveTitle => Say("Give tokens or credit", "赠送额度");
    public string GiveText =>
        Say("A bonus of its own, used before plans and packs; nothing is charged for it.", "作为赠送额度优先使用，不收取费用。");
    public string Give => Say("Give", "赠送");

    public string CreditIn(Currency currency) => Say($"credit in {Currency(currency)}", $"金额（{Currency(currency)}）");

    public string UnitWord => Say("Unit", "单位");
    public string ValidDays => Say("Valid for days", "有效天数");
    public string WillGet => Say("Will get", "将获得");
    public string WillLose => Say("Will lose", "将收回");
    public string TakeBackTitle => Say("Take back what was given", "收回赠送");
    public string TakeBackText =>
        Say("What is left of it; what running calls hold stays theirs.", "收回剩余部分，进行中的调用占用的除外。");
    public string TakeBack => Say("Take back", "收回");

    public string Deployment => Say("Served by", "服务部署");
    public string VendorCost => Say("Owed to the vendor", "应付厂商");
    public string LookAtIt => Say("Look at it", "请核查");
    public string AttemptsTitle => Say("Attempts at vendors", "厂商侧尝试");
    public string RefundTitle => Say("Give this call back", "退还此次调用");
    public string RefundText =>
        Say(
            "It goes back to the buckets that paid, by the recorded split; one that has ended is revived for 30 days.",
            "按扣费记录退回原额度；已到期的额度恢复 30 天。"
        );
    public string RefundPart => Say("How much", "退还比例");
    public string RefundPreview => Say("Preview", "预览");
    public string GiveBack => Say("Give back", "确认退还");
    public string RefundedWhole => Say("It has been given back whole.", "已全部退还。");
    public string WholeWord => Say("all of it", "全部");

    public string RestOf(decimal percent) => Say($"the rest: {Number(percent)} %", $"剩余 {Number(percent)} %");

    public string BackTo(string bucket) => Say($"Back to {bucket}", $"退回{bucket}");

    public string RefundTooMuch => Say("That is more than is left to give back.", "超过可退比例。");
    public string NothingWasPaid => Say("Nothing was paid for this call.", "此次调用未扣费。");

    public string AuditLogTitle => Say("Audit log", "审计日志");
    public string AuditLogLead =>
        Say(
            "Who changed what, from where and why. Entries are chained: none can be changed or taken out unnoticed.",
            "记录何人、何时、何处、因何更改了什么。条目以哈希链相连，任何篡改或删除均可发现。"
        );
    public string ChainTitle => Say("The chain", "哈希链");
    public string VerifyChain => Say("Verify it", "校验");

    public string ChainWhole(long entries) => Say($"It is whole: {Count(entries)} entries.", $"完整：共 {Count(entries)} 条。");

    public string ChainBroken(long number) => Say($"It does not hold from entry {number} on.", $"自第 {number} 条起不成立。");

    public string KeepHead => Say("Keep this elsewhere, for the next verification:", "请另行保存，供下次校验：");
    public string EntriesTitle => Say("Entries", "条目");
    public string NoEntries => Say("No entry.", "无条目。");
    public string OperatorWhoWord => Say("Who", "何人");
    public string OnWhat => Say("On what", "对象");
    public string BeforeAfter => Say("before and after", "前后内容");
    public string BeforeWord => Say("Before", "之前");
    public string AfterWord => Say("After", "之后");

    public string ActorKind(AuditActorKind kind) =>
        kind switch
        {
            AuditActorKind.Staff => Say("staff", "工作人员"),
            AuditActorKind.ApiKey => Say("API key", "API 密钥"),
            AuditActorKind.Member => Say("member", "成员"),
            _ => Say("system", "系统"),
        };

    public string Stage(AuditStage stage) =>
        stage switch
        {
            AuditStage.Begun => Say("begun", "开始"),
            AuditStage.Refused => Say("refused", "被拒绝"),
            AuditStage.Failed => Say("failed", "失败"),
            _ => Say("done", "已完成"),
        };

    public string StaffTitle => Say("Staff", "工作人员");
    public string StaffLead =>
        Say(
            "Who runs the business, and who comes from vendors. They sign in with their phone number.",
            "运营商与厂商的工作人员，使用手机号登录。"
        );
    public string AtWork => Say("All", "全部");
    public string RolesWord => Say("Roles", "角色");
    public string RoleWord => Say("Role", "角色");
    public string AddStaff => Say("Add somebody", "添加");
    public string RemoveStaff => Say("Remove from staff", "移除");

    public string LeftOn(DateTime at) => Say($"left {Day(DateOnly.FromDateTime(at))}", $"{Day(DateOnly.FromDateTime(at))}离开");

    public string VendorOfPerson => Say("Vendor", "所属厂商");
    public string VendorOfPersonHint => Say("Id of the vendor whose person it is; empty: the operator's.", "厂商编号；运营商人员留空。");
    public string RightsTitle => Say("Which role may do what", "角色权限");

    public string RightWord(StaffRight right) =>
        right switch
        {
            StaffRight.SeeDashboard => Say("see the dashboard", "查看概览"),
            StaffRight.SeeCustomers => Say("see customers", "查看客户"),
            StaffRight.SeePayments => Say("see payments and receipts", "查看付款与账单明细"),
            StaffRight.ActForCustomers => Say("suspend, resume, revoke keys, write notes", "停用、恢复、吊销密钥、备注"),
            StaffRight.Refund => Say("give calls back", "退还调用"),
            StaffRight.Adjust => Say("give and take back tokens and credit", "赠送与收回额度"),
            StaffRight.SeeCatalogue => Say("see the catalogue", "查看商品目录"),
            StaffRight.ChangeCatalogue => Say("change the catalogue", "修改商品目录"),
            StaffRight.SeeModels => Say("see models and deployments", "查看模型与部署"),
            StaffRight.ChangeModels => Say("change models and prices", "修改模型与价格"),
            StaffRight.Operate => Say("drain, routing", "下线部署、路由"),
            StaffRight.SeeVendors => Say("see vendors", "查看厂商"),
            StaffRight.ChangeVendors => Say("change vendors and contracts", "修改厂商与合同"),
            StaffRight.SeeFinance => Say("see bills, settlements, the ledger", "查看账单、结算与总账"),
            StaffRight.RunBills => Say("run bills", "出账"),
            StaffRight.RunSettlements => Say("settle and pay out", "结算与付款"),
            StaffRight.Reconcile => Say("reconcile", "对账"),
            StaffRight.SeeNotifications => Say("see notifications", "查看通知"),
            StaffRight.SendNotifications => Say("send notifications anew", "重发通知"),
            StaffRight.SeeAuditLog => Say("see the audit log", "查看审计日志"),
            StaffRight.SeeSettings => Say("see settings", "查看设置"),
            StaffRight.ChangeSettings => Say("change settings", "修改设置"),
            StaffRight.SeeStaff => Say("see staff", "查看工作人员"),
            StaffRight.ManageStaff => Say("add, change and remove staff", "管理工作人员"),
            StaffRight.VendorSee => Say("see listings, prices, quality and usage", "查看上架、价格、质量与用量"),
            StaffRight.VendorChange => Say("list models, propose prices", "上架模型、提出价格"),
            StaffRight.VendorSeeStatements => Say("see statements and where they are paid", "查看结算单与收款账户"),
            StaffRight.VendorAnswerStatements => Say("confirm and dispute statements", "确认或争议结算单"),
            StaffRight.VendorChangePayout => Say("enter and confirm the payout account", "填写与确认收款账户"),
            StaffRight.VendorManagePeople => Say("invite, change and remove people", "管理人员"),
            _ => right.ToString(),
        };
}
