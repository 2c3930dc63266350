using Tokenline.Commerce.Parties;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>Who may do what.</summary>
public sealed class MemberRightsTests
{
    private const string Table = """
        type         | role                    | ManageKeys | SeeUsage   | SetLimits  | ManageMembers | Buy  | SeeBills
        Household    | Owner                   | All        | All        | All        | All           | All  | All
        Household    | Administrator           | All        | All        | All        | All           | None | None
        Household    | DepartmentAdministrator | Department | Department | Department | Department    | None | None
        Household    | Member                  | Own        | Own        | None       | None          | None | None
        Organization | Owner                   | All        | All        | All        | All           | All  | All
        Organization | Administrator           | All        | All        | All        | All           | All  | All
        Organization | DepartmentAdministrator | Department | Department | Department | Department    | None | None
        Organization | Member                  | Own        | Own        | None       | None          | None | None
        """;

    [Fact]
    public void The_table_says_how_far_each_right_goes()
    {
        var lines = Table.Split('\n').Select(line => line.Split('|', StringSplitOptions.TrimEntries)).ToList();
        foreach (var line in lines.Skip(1))
        {
            var (type, role) = (Enum.Parse<CustomerType>(line[0]), Enum.Parse<MemberRole>(line[1]));
            var shown = Enum.GetValues<MemberAct>().Select(act => MemberRights.Of(role, type, act).ToString());
            Assert.Equal($"{line[0]} {line[1]}: {string.Join(' ', line[2..])}", $"{type} {role}: {string.Join(' ', shown)}");
        }
        Assert.Equal(lines[0][2..], Enum.GetNames<MemberAct>());
    }

    [Fact]
    public void A_right_is_good_where_its_reach_goes_and_nowhere_when_one_has_left()
    {
        var (mine, department, other) = (new AllotmentId(1), new AllotmentId(2), new AllotmentId(3));
        var member = new Membership(new(1), new(2), new(3), MemberRole.Member, World.Start, mine);
        var head = member with { Role = MemberRole.DepartmentAdministrator, Department = department };

        Assert.True(May(member, MemberAct.ManageKeys, [mine, department]));
        Assert.False(May(member, MemberAct.ManageKeys, [other, department]));
        Assert.False(May(member, MemberAct.ManageKeys, []));
        Assert.True(May(head, MemberAct.SetLimits, [other, department]));
        Assert.True(May(head, MemberAct.SetLimits, [department]));
        Assert.False(May(head, MemberAct.SetLimits, [other]));
        Assert.False(May(head, MemberAct.SeeUsage, []));
        Assert.True(May(member with { Role = MemberRole.Owner }, MemberAct.Buy, []));
        Assert.False(May(member with { Role = MemberRole.Owner, Until = World.Start }, MemberAct.Buy, []));

        static bool May(Membership by, MemberAct act, AllotmentId[] path) => MemberRights.May(by, CustomerType.Organization, act, path);
    }

    [Fact]
    public void Roles_are_given_and_taken_from_above_alone()
    {
        foreach (var by in Enum.GetValues<MemberRole>())
        {
            foreach (var role in Enum.GetValues<MemberRole>())
                Assert.Equal((int)by < (int)role, MemberRights.IsAbove(by, role));
        }
    }
}
