using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;

namespace Tokenline.Portal.Texts;

/// <summary>Households and teams.</summary>
internal sealed partial class PortalTexts
{
    public string PeopleTitle => Say("People", "成员");

    public string PeopleOf(Customer customer) => customer.Type == CustomerType.Individual ? Say("Share it", "共享") : customer.Name;

    public string TypeOf(CustomerType type) =>
        type switch
        {
            CustomerType.Household => Say("Household", "家庭"),
            CustomerType.Organization => Say("Team or company", "团队或企业"),
            _ => Say("Myself", "个人"),
        };

    public string RoleOf(MemberRole role) =>
        role switch
        {
            MemberRole.Owner => Say("owner", "所有者"),
            MemberRole.Administrator => Say("administrator", "管理员"),
            MemberRole.DepartmentAdministrator => Say("department administrator", "部门管理员"),
            _ => Say("member", "成员"),
        };

    public string SwitchTitle => Say("Console of", "切换账户");
    public string ShareTitle => Say("One plan for your family or team", "家庭或团队共享套餐");
    public string ShareText =>
        Say(
            "Found a household or a team: it has an account of its own on your phone bill. You invite members by phone number and give each a cap, hours and models.",
            "创建家庭或团队：独立账户，计入您的话费。按手机号邀请成员，并为每位成员设置上限、时段与模型。"
        );
    public string ItsName => Say("Its name", "名称");
    public string ItsKind => Say("What it is", "类型");
    public string Found => Say("Found it", "创建");

    public string InvitedBy(string name) => Say($"{name} invites you", $"“{name}”邀请您加入");

    public string InvitedText(CustomerType type) =>
        Say(
            $"You would use models on the account of this {(type == CustomerType.Household ? "household" : "team")}, within what it allows. Your own account stays yours.",
            $"加入后，您可在该{(type == CustomerType.Household ? "家庭" : "团队")}设定的范围内使用其额度，您自己的账户不受影响。"
        );

    public string Join => Say("Join", "加入");
    public string Decline => Say("Decline", "拒绝");
    public string MembersTitle => Say("Members", "成员");

    public string WorthThisMonth(Money worth) => Say($"{Money(worth)} worth this month", $"本月价值 {Money(worth)}");

    public string HoursOf(AllowedHours hours) =>
        Say($"from {hours.From:HH:mm} to {hours.Until:HH:mm}", $"{hours.From:HH:mm} 至 {hours.Until:HH:mm} 可用");

    public string Limits => Say("Limits", "限制");

    public string RemoveText(string name) =>
        Say($"{name}'s keys are refused from then on. What was used stays on record.", $"“{name}”的密钥将立即失效，已有用量记录保留。");

    public string RemoveYes => Say("Yes, remove", "确认移除");
    public string Leave => Say("Leave", "退出");
    public string LeaveText => Say("Your keys here are refused from then on.", "退出后，您在此账户的密钥将立即失效。");
    public string WaitingTitle => Say("Invited, not answered yet", "待接受的邀请");
    public string Withdraw => Say("Withdraw", "撤回");
    public string InviteTitle => Say("Invite somebody", "邀请成员");
    public string NoSharedPlan => Say("A plan that is shared with members is needed first.", "请先订购可共享的套餐。");

    public string RoomFor(int now, int most) => Say($"{now} of {most} places are taken.", $"已占用 {now} / {most} 个名额。");

    public string TheirName => Say("Name", "姓名");
    public string TheirRole => Say("Role", "角色");
    public string Invite => Say("Invite", "发送邀请");
    public string HoursFrom => Say("Only from", "可用时段起");
    public string HoursUntil => Say("until", "可用时段止");

    public string PeopleSaved(string what) =>
        what switch
        {
            "invite" => Say("Invited: a code is on its way to the number.", "已发送邀请，验证码将发送至该号码。"),
            "joined" => Say("Welcome. This is its console now.", "加入成功，当前为其控制台。"),
            "removed" => Say("It is done: the keys are refused from now on.", "已完成，相关密钥已失效。"),
            "found" => Say("It is founded. Next: a plan that is shared.", "创建成功，接下来请订购可共享的套餐。"),
            _ => Say("Done.", "已完成。"),
        };
}
