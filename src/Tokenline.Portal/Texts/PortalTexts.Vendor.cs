using Tokenline.Billing.Proposals;
using Tokenline.Billing.Settlement;
using Tokenline.Charging.Records;
using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Quality;

namespace Tokenline.Portal.Texts;

/// <summary>The vendor's console, and applying for a stall.</summary>
internal sealed partial class PortalTexts
{
    public string VendorHomeTitle => Say("Overview", "经营概览");

    public string VendorHomeLead(int days) => Say($"Your models over the last {days} days.", $"近 {days} 天您的模型表现。");

    public string CallsServed => Say("Calls", "调用次数");
    public string StatementsWaiting => Say("Statements to answer", "待确认结算单");
    public string VendorUsageTitle => Say("Usage", "用量");
    public string VendorUsageLead =>
        Say(
            "What you served, as the settlement counts it: calls that answered a customer. It is counted within ten minutes.",
            "与结算口径一致：仅统计成功应答客户的调用，十分钟内更新。"
        );
    public string TokensByDay => Say("Tokens by day and model", "每日各模型 tokens");
    public string LastDays => Say("Last days", "最近天数");
    public string NothingServed => Say("Nothing was served in this time.", "此期间没有调用。");
    public string VendorDeploymentsTitle => Say("Deployments", "部署与质量");

    public string VendorDeploymentsLead(int days) =>
        Say(
            $"How each was over the last {days} days, beside the median of what others offer in the same class. Nobody is named, and where fewer than three others have such a model there is no median.",
            $"近 {days} 天各部署的实测质量，与同级别其他厂商的中位数对比。对比数据匿名；少于三家时不显示。"
        );

    public string NothingListed => Say("You serve no model yet.", "您尚未上架模型。");
    public string Yours => Say("yours", "您的部署");
    public string MarketMedianTitle => Say("median of the market", "市场中位数");
    public string TooFewOthers => Say("Too few others have such a model for a median.", "同类厂商不足三家，暂无中位数。");

    public string MedianOf(int vendors, string name) =>
        Say($"Beside {vendors} other vendors of class {name}", $"与 {vendors} 家{name}级厂商对比");

    public string ErrorMix => Say("What went wrong", "错误构成");
    public string NoErrors => Say("nothing", "无");

    public string EndingName(AttemptEnding ending) =>
        ending switch
        {
            AttemptEnding.ConnectFailed => Say("no connection", "连接失败"),
            AttemptEnding.TimedOut => Say("too slow", "超时"),
            AttemptEnding.VendorError => Say("error (5xx)", "服务错误（5xx）"),
            AttemptEnding.Limited => Say("limit (429)", "限流（429）"),
            AttemptEnding.Refused => Say("refused", "拒绝"),
            AttemptEnding.Broken => Say("broken off", "中断"),
            _ => Say("served", "成功"),
        };

    public string VendorPricesTitle => Say("Listings and prices", "上架与价格");

    public string VendorPricesLead(int days, DateTime earliest) =>
        Say(
            $"A new price is said {days} days before it starts, and the operator approves it. One proposed now may start on {earliest:yyyy-MM-dd HH:mm} at the earliest.",
            $"调价须提前 {days} 天提出，并经运营商批准；现在提出最早可于 {earliest:yyyy-MM-dd HH:mm} 生效。"
        );

    public string RetailTitle => Say("Price to customers", "零售价");
    public string VendorOwedTitle => Say("Owed to you", "结算价");
    public string ModelLabel => Say("Model", "模型");
    public string Resold => Say("resold", "转售");
    public string ProposeTitle => Say("Schedule a change", "申请调价");
    public string ProposeLead =>
        Say(
            "Every price of the sheet in force is multiplied; its tiers and rules stay. You see who is affected before anything is sent.",
            "按比例调整现行价目表中的全部价格，阶梯与规则不变。提交前可查看影响范围。"
        );
    public string SeeEffect => Say("See the effect", "查看影响");
    public string ProposePrice => Say("Send to the operator", "提交运营商");
    public string WhichPrice => Say("Which price", "价格类型");
    public string FactorTitle => Say("Percent of today's price", "占现价百分比");
    public string FactorHint => Say("100 is today's price; 90 is a tenth cheaper.", "100 表示维持现价，90 表示降价一成。");
    public string FactorWrong => Say("A number from 1 to 1000.", "请填写 1 至 1000 之间的数字。");
    public string StartsOn => Say("Starts on", "生效日期");
    public string StartWrong => Say("A day such as 2027-01-31.", "请填写日期，例如 2027-01-31。");
    public string NoSuchPrice =>
        Say(
            "There is no such price, or it has rules that only the operator can change.",
            "没有该价格，或该价目表含有须由运营商修改的规则。"
        );
    public string ChangeTitle => Say("Change", "变化");
    public string NoChange => Say("none: it costs the same", "无变化");
    public string WhoIsAffected => Say("Who is affected", "影响范围");

    public string Reach(int customers, long calls, bool isWhole) =>
        Say(
            $"{(isWhole ? "" : "at least ")}{customers:#,0} customers, who made {calls:#,0} calls in 30 days",
            $"{(isWhole ? "" : "至少 ")}{customers:#,0} 位客户，近 30 天共 {calls:#,0} 次调用"
        );

    public string AlsoServedBy => Say("Also served by", "同时提供方");

    public string OtherVendors(int count) =>
        Say(
            $"{count} other vendors: the price to customers is the model's, and theirs too",
            $"另有 {count} 家厂商：零售价为模型统一价，同样适用于它们"
        );

    public string ProposalWarning =>
        Say(
            "The operator decides. When it is approved, customers who use the model are told.",
            "由运营商审批；批准后将通知使用该模型的客户。"
        );
    public string ProposalsTitle => Say("Proposals", "调价申请");
    public string NoProposals => Say("None.", "暂无。");
    public string VendorOperatorSays => Say("the operator", "运营商");
    public string WithdrawProposal => Say("Take it back", "撤回");

    public string ProposalStateName(ProposalState state) =>
        state switch
        {
            ProposalState.Proposed => Say("waits for the operator", "待运营商审批"),
            ProposalState.Withdrawn => Say("taken back", "已撤回"),
            ProposalState.Rejected => Say("rejected", "未批准"),
            ProposalState.Approved => Say("approved", "已批准"),
            _ => Say("lapsed", "已失效"),
        };

    public string VendorStatementsTitle => Say("Statements", "结算单");
    public string StatementsLead =>
        Say(
            "One for each month and currency. Look at it, then confirm or dispute it; what is confirmed is paid.",
            "每月每币种一份。请核对后确认或提出异议，确认后付款。"
        );
    public string NoStatements => Say("None yet.", "暂无结算单。");
    public string MonthTitle => Say("Month", "月份");
    public string StateTitle => Say("State", "状态");
    public string DueTitle => Say("Due for the month", "本期应付");
    public string CarriedTitle => Say("Carried over", "上期结转");
    public string VendorBalanceTitle => Say("Balance", "合计");
    public string RateTitle => Say("Rate", "汇率");
    public string VendorLinesTitle => Say("By model", "按模型");
    public string GrossTitle => Say("Earned", "收入");
    public string PlatformTitle => Say("Platform", "平台费");
    public string ComputingTitle => Say("Computing", "算力费");
    public string YourShareTitle => Say("Yours", "您的份额");
    public string AdjustmentTitle => Say("Adjustment", "调整");

    public string StatementOf(string period) => Say($"Statement of {period}", $"{period} 结算单");

    public string StatementStateName(StatementState state) =>
        state switch
        {
            StatementState.Issued => Say("to be answered", "待确认"),
            StatementState.Disputed => Say("disputed", "有异议"),
            StatementState.Confirmed => Say("confirmed", "已确认"),
            _ => Say("paid", "已付款"),
        };

    public string DisputedBecause(string reason) => Say($"You disputed it: {reason}", $"您提出的异议：{reason}");

    public string AnswerTitle => Say("Your answer", "您的答复");
    public string VendorConfirmStatement => Say("Confirm the statement", "确认结算单");
    public string DisputeStatement => Say("Dispute the statement", "提出异议");
    public string ConfirmWarning => Say("A confirmed statement is paid, and cannot be disputed.", "确认后将付款，且不可再提出异议。");
    public string DisputeWarning => Say("The operator reads your reason and answers it.", "运营商将阅读原因并答复。");
    public string CallsBehind => Say("The calls behind it", "调用明细");
    public string CallsBehindLead =>
        Say(
            "Who called and what was said is not yours to see. Name a charge when you talk about it.",
            "不含客户身份与对话内容；沟通时请引用扣费编号。"
        );
    public string WhenTitle => Say("When", "时间");
    public string CachedTitle => Say("Cached", "缓存输入");
    public string EndedTitle => Say("Ended", "结果");
    public string OwedByContract => Say("Owed by contract", "合同应付");
    public string ChargeTitle => Say("Charge", "扣费编号");
    public string VendorGoOn => Say("Go on", "继续");

    public string VendorEnding(CallEnding ending) => Ending(ending);

    public string VendorModelsTitle => Say("List a model", "上架模型");
    public string VendorModelsLead =>
        Say(
            "Say what you serve and what it should cost. The operator looks at it; with its yes the model can be called at once, at the address and with the keys that you were connected with.",
            "填写模型及建议价格，由运营商审核；批准后即可通过已接入的地址与密钥调用。"
        );
    public string ListAModel => Say("List a model", "上架模型");
    public string SendToOperator => Say("Send to the operator", "提交审核");
    public string ModelSent => Say("Sent. The operator answers here.", "已提交，结果会显示在此处。");
    public string ModelIdOfCustomers =>
        Say("What customers ask for. One that others sell too is served by you as well.", "客户调用时使用的名称；已有模型将由您一同提供。");

    public string AskedPrice(Currency currency) =>
        Say($"Price to customers, {currency} for a million tokens", $"客户价格（{currency}/百万 Token）");

    public string AskedPriceHint =>
        Say("Left empty where the model is for sale already: then it costs what it costs.", "模型已在售时留空，按现价销售。");
    public string EmptyIsInput => Say("Empty: as input.", "留空同输入价。");
    public string NoModelProposals => Say("Nothing waits.", "暂无申请。");
    public string ModelProposalsTitle => Say("Models to list", "待上架模型");
    public string SheetOfProposal =>
        Say(
            "What customers are charged, and the weights in quota units; without weights no plan pays for it.",
            "客户价格与额度权重；无权重则套餐不能抵扣。"
        );
    public string CallableAtOnce => Say("With that the model can be called.", "批准后该模型即可调用。");

    /// <summary>Input and output for a million tokens.</summary>
    public string PriceOf(Billing.Proposals.ModelProposal proposal) =>
        proposal.Sheet is { } sheet
            ? $"{Amount(sheet, "input")} / {Amount(sheet, "output")} {sheet.Currency}"
            : Say("that of the model", "按模型现价");

    private static string Amount(PriceSheet sheet, string meter) =>
        sheet.Tiers[0].Price.TryGetValue(meter, out var amount) ? amount.ToString(System.Globalization.CultureInfo.InvariantCulture) : "–";

    public string ConnectVendor => Say("Connect a vendor", "接入厂商");
    public string ConnectVendorLead =>
        Say(
            "Where its models are called and with which keys. Then its models are listed, and its people let in.",
            "填写调用地址与密钥，之后即可上架模型、添加人员。"
        );
    public string ConnectIdHint =>
        Say("Lower-case letters, digits and hyphens; the name it has applied under.", "小写字母、数字与连字符；与入驻申请一致。");
    public string BaseUrlHint =>
        Say("Up to and with the version, such as https://api.example.com/v1.", "含版本号，如 https://api.example.com/v1。");
    public string PrivateAddressWord => Say("It is in our own network", "位于我方内网");

    public string VendorIsThere(string id) => Say($"There is a vendor '{id}'.", $"厂商 {id} 已存在。");

    public string NotConnectedYet(string company) => Say($"{company} is approved and not connected yet.", $"{company} 已批准，尚未接入。");

    public string VendorPeopleTitle => Say("People", "人员");
    public string VendorPeopleLead =>
        Say("Who works in this console for you. Each signs in with a phone number.", "在此控制台为贵方工作的人员，各自用手机号登录。");
    public string ThatIsYou => Say("you", "您");
    public string InvitePerson => Say("Invite somebody", "邀请人员");
    public string InvitePersonText =>
        Say("Whoever has the number is told by a text message, and signs in with it.", "系统会向该号码发送短信，对方用该号码登录。");
    public string PersonInvited => Say("Invited, and told by a text message.", "已邀请，并已发送短信。");
    public string PersonNotTold =>
        Say("Invited. The text message was not taken: tell the person yourself.", "已邀请，但短信未发出，请自行告知对方。");
    public string RemovePersonText =>
        Say(
            "Is signed out everywhere at once, and opens nothing of this console any more.",
            "将立即在所有设备上退出，不能再进入此控制台。"
        );

    public string PayoutTitle => Say("Payout account", "收款账户");
    public string PayoutLead =>
        Say(
            "Where confirmed statements are paid. It is kept sealed, and only its last four characters are shown. A new one is used when a second person has confirmed it: of yours, or of the operator's finance.",
            "已确认结算单的收款账户。账号加密保存，仅显示后四位。新账户需另一人（贵方或运营商财务）确认后才会使用。"
        );
    public string PaidAt => Say("Paid at", "收款账号");
    public string NoneConfirmed => Say("none is confirmed", "尚无已确认账户");

    /// <summary>By whom it was entered and confirmed.</summary>
    public string ConfirmedBy(string names, DateTime at) =>
        Say($"{names}, since {at:yyyy-MM-dd HH:mm}", $"{names}，{at:yyyy-MM-dd HH:mm} 起");

    public string AccountWaits(string masked, string name, DateTime at) =>
        Say(
            $"{masked}, entered by {name} on {at:yyyy-MM-dd HH:mm}, waits for a second person's yes. Nothing is paid to it before.",
            $"{masked} 由 {name} 于 {at:yyyy-MM-dd HH:mm} 填写，等待另一人确认；确认前不会向其付款。"
        );

    public string ConfirmAccount => Say("Confirm this account", "确认该账户");
    public string RejectAccount => Say("Reject it", "拒绝");
    public string TakeBackAccount => Say("Take it back", "撤回");
    public string AnotherConfirms => Say("You have entered it: somebody else confirms it.", "由您填写，须由他人确认。");
    public string AccountConfirmed => Say("It is confirmed: payouts go there.", "已确认，此后付款转入该账户。");
    public string AccountEntered => Say("It is entered, and waits for a second person's yes.", "已填写，等待另一人确认。");
    public string EnteredByWord => Say("Entered by", "填写人");

    public string PaidOutTo(string masked) => Say($"to {masked}", $"转入 {masked}");

    public string ChangeAccount => Say("Change the account", "更换账户");
    public string NewAccount => Say("Account at a bank", "银行账号");
    public string NewAccountHint => Say("As the bank writes it.", "按银行格式填写。");
    public string PayoutEnterWarning =>
        Say("Payouts go there when a second person has confirmed it. Read it once more.", "另一人确认后，付款将转入该账户，请再次核对。");
    public string PayoutWarning => Say("From now on all payouts go there. Read it once more.", "此后全部付款将转入该账户，请再次核对。");

    public string ApplyTitle => Say("Sell your models here", "厂商入驻");
    public string ApplyLead =>
        Say("List your models, set your prices, and be paid every month for what you served.", "上架模型、自主定价，按月结算。");
    public string[] ApplySteps =>
        language == Language.Chinese
            ? ["提交申请", "运营商审核资质并签订条款", "接入模型，您的管理员使用手机号登录厂商控制台"]
            :
            [
                "You apply",
                "The operator looks at it and agrees on terms with you",
                "Your models are connected, and your administrator signs in here by phone number",
            ];
    public string ApplySent => Say("Your application is with the operator.", "申请已提交。");
    public string ApplyNext => Say("You hear from us at the contact that you gave.", "我们将通过您填写的联系方式与您联系。");
    public string VendorId => Say("Short name", "厂商标识");
    public string VendorIdHint =>
        Say("2 to 32 lower-case letters, digits and hyphens, such as blue-harbor.", "2 至 32 个小写字母、数字或连字符，例如 blue-harbor。");
    public string VendorIdTaken =>
        Say("This name is taken. If it is yours, ask the operator to let you in.", "该标识已被使用；如属于您，请联系运营商开通账号。");
    public string Company => Say("Company", "公司名称");
    public string ContactTitle => Say("Contact", "联系人");
    public string ContactHint => Say("A name with a phone number or a mail address.", "姓名及电话或邮箱。");
    public string TaxId => Say("Tax ID", "统一社会信用代码");
    public string AccountSealed => Say("Kept sealed; shown by its last four characters only.", "加密保存，仅显示后四位。");
    public string ModelsWanted => Say("Model IDs", "模型 ID");
    public string ModelsWantedHint => Say("That you want to list, with commas between them.", "希望上架的模型，以逗号分隔。");
    public string SendApplication => Say("Apply", "提交申请");
    public string TooManyApplications => Say("Many applications wait already. Try again in some days.", "待审核申请过多，请过几天再试。");
}
