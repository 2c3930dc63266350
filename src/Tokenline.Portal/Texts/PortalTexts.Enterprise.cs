using Tokenline.Charging.Accounts;
using Tokenline.Commerce.AuditTrail;
using Tokenline.Portal.Access.Company;
using Tokenline.Portal.Costs;

namespace Tokenline.Portal.Texts;

/// <summary>Departments, costs, access, changes.</summary>
internal sealed partial class PortalTexts
{
    public string DepartmentsTitle => Say("Departments", "部门与项目");
    public string DepartmentsLead =>
        Say(
            "Departments and projects as a tree, each with its own limits. A call passes every level above its key, and stops where one is reached.",
            "以树形管理部门与项目，每级可设上限。调用须逐级通过，任一级达到上限即停止。"
        );
    public string NoDepartments => Say("There is none yet. Members are looked after under People.", "暂无部门。成员请在“成员”中管理。");
    public string AddNode => Say("Add one", "新增");
    public string UnderWhich => Say("Under", "上级");
    public string CloseNode => Say("Close", "停用");
    public string Reopen => Say("Open again", "重新启用");
    public string ClosedWord => Say("closed", "已停用");
    public string UsedWord => Say("Used", "已用");
    public string MostWord => Say("At most", "上限");
    public string LeastWord => Say("Guaranteed", "保底");
    public string MoveTitle => Say("Move a part of it", "调拨额度");
    public string MoveFrom => Say("From", "调出");
    public string MoveTo => Say("To", "调入");

    public string MoveAmount(string unit) => Say($"How many {unit}", $"数量（{unit}）");

    public string PoolText(string amount, string unit) =>
        Say(
            $"{amount} {unit} a month, shared by the departments right under the account.",
            $"每月 {amount} {unit}，由账户下一级部门共享。"
        );

    public string NodeType(AllotmentType type) =>
        type switch
        {
            AllotmentType.Account => Say("account", "账户"),
            AllotmentType.Department => Say("department", "部门"),
            AllotmentType.Project => Say("project", "项目"),
            AllotmentType.Member => Say("member", "成员"),
            _ => Say("key", "密钥"),
        };

    public string CostsTitle => Say("Cost report", "成本报表");
    public string CostsLead => Say("What calls were worth, month by month, whoever paid.", "按月统计调用价值，不论由何种额度支付。");
    public string FromMonth => Say("From", "起始月份");
    public string ToMonth => Say("To", "截止月份");

    public string CostByWord(CostBy by) =>
        by switch
        {
            CostBy.Model => Say("Model", "按模型"),
            CostBy.Member => Say("Member", "按成员"),
            CostBy.Month => Say("Month", "按月"),
            _ => Say("Department", "按部门"),
        };

    public string ChangesTitle => Say("Change log", "变更记录");
    public string ChangesLead => Say("Who changed what in this account.", "记录谁在本账户中做了哪些变更。");
    public string ChangesOf => Say("By", "操作人");
    public string NoChanges => Say("Nothing was changed.", "暂无变更。");
    public string WhoWord => Say("Who", "操作人");
    public string OutcomeWord => Say("Outcome", "结果");
    public string WhatExactly => Say("What was typed", "填写内容");
    public string TheOperator => Say("the operator", "运营商");
    public string ChangesNote =>
        Say(
            "Entries are chained: none can be changed or taken out unnoticed. Secrets are in none.",
            "记录以链式校验保存，无法被悄悄修改或删除；其中不含任何密钥。"
        );

    public string StageWord(AuditStage stage) =>
        stage switch
        {
            AuditStage.Done or AuditStage.Made => Say("done", "已完成"),
            AuditStage.Refused => Say("refused", "未通过"),
            AuditStage.Failed => Say("broken off", "中断"),
            _ => Say("not known", "未知"),
        };

    public string CompanySignIn => Say("Sign in with your company", "企业单点登录");
    public string CompanyLead => Say("For people whose company has its own sign-in here.", "适用于已配置单点登录的企业成员。");
    public string CompanyShortName => Say("Your company's short name", "企业简称");
    public string GoOn => Say("Go on", "继续");
    public string ByPhoneNumber => Say("Sign in by phone number", "使用手机号登录");

    public string GoingTo(string host) => Say($"You sign in at {host}.", $"正在前往 {host} 登录。");

    public string Why(CompanyRefusal refusal) =>
        refusal switch
        {
            CompanyRefusal.NoSuchCompany => Say("No company with its own sign-in is called so.", "没有以此简称配置单点登录的企业。"),
            CompanyRefusal.ProviderIsSilent => Say(
                "The company's sign-in does not answer. Try again later.",
                "企业登录服务暂无响应，请稍后再试。"
            ),
            CompanyRefusal.TooMany => Say("Too many tries from here. Wait a quarter of an hour.", "尝试次数过多，请 15 分钟后再试。"),
            CompanyRefusal.IsOver => Say(
                "This took too long, or was begun in another browser. Begin anew.",
                "登录已超时或来自其他浏览器，请重新开始。"
            ),
            CompanyRefusal.Declined => Say("The company's sign-in said no.", "企业登录未通过。"),
            CompanyRefusal.NoMember => Say(
                "Your company vouches for you, but you are no member of its account here. Ask its administrator to invite you.",
                "企业已确认您的身份，但您还不是该账户的成员，请联系管理员邀请您加入。"
            ),
            _ => Say("What came back is not genuine, and was refused.", "返回的登录信息未通过校验，已拒绝。"),
        };

    public string SsoTitle => Say("Your company's sign-in", "企业单点登录");
    public string SsoText =>
        Say(
            "OpenID Connect. Your people go to their own sign-in and see this account alone. The first time, they are known by the phone number that your provider has confirmed.",
            "基于 OpenID Connect。成员通过企业身份服务登录，且仅能访问本账户；首次登录以身份服务已验证的手机号识别成员。"
        );
    public string IssuerWord => Say("Issuer", "颁发者（Issuer）");
    public string ClientIdWord => Say("Client ID", "客户端 ID");
    public string SecretWord => Say("Client secret", "客户端密钥");
    public string SecretKept => Say("Leave it empty to keep it.", "留空表示不修改。");

    public string RedirectIs(string address) => Say($"Redirect address for your provider: {address}", $"回调地址：{address}");

    public string AccessTitle => Say("Access", "访问控制");
    public string AccessLead => Say("From where keys may call, and how your people sign in.", "限定密钥的调用来源，配置企业登录。");
    public string LinesTitleOfAccess => Say("Access lines", "来源地址");
    public string LinesText =>
        Say(
            "With the first range, keys of this account are refused from everywhere else, at once. Without any they may call from everywhere.",
            "添加第一个地址段后，其他来源的调用立即被拒绝；不设置则不限来源。"
        );
    public string NoLines => Say("Keys may call from everywhere.", "当前不限制来源。");
    public string RangeWord => Say("Address or range", "地址或地址段");
    public string RangeHint => Say("Such as 203.0.113.0/24 or 2001:db8::/32", "例如 203.0.113.0/24 或 2001:db8::/32");
    public string RangeName => Say("What it is", "名称");
    public string CertificateWord => Say("Client certificate", "客户端证书");
    public string CertificateHint =>
        Say(
            "Optional: its SHA-256, 64 digits. Then only who shows it may call from there.",
            "可选：证书的 SHA-256 指纹（64 位十六进制）。填写后，仅持有该证书的调用可从此处接入。"
        );
    public string AddLine => Say("Add the range", "添加");

    public string YouAreAt(string address) => Say($"You are at {address} now.", $"您当前的地址为 {address}。");
}
