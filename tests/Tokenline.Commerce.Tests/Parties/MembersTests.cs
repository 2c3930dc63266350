using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Parties;
using static Tokenline.Commerce.Tests.Parties.People;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>Owners, roles, and how one stops being a member.</summary>
public sealed class MembersTests
{
    [Fact]
    public async Task Whoever_has_the_number_owns_a_customer_and_is_one_person_in_several()
    {
        await using var world = await World.OpenAsync();
        var person = await world.NewCustomerAsync(Head);
        var household = await HouseholdAsync(world);
        var company = await CustomerAsync(world, CustomerType.Organization, Head);

        var twice = await world.Customers.CreateAsync(Head, "Wang", null, null, none, CustomerType.Household);
        Assert.Equal((Problems.Conflict, "phoneNumber"), (twice.Refused!.Problem, twice.Refused.Param));
        var of = await world.Get<Members>().OfAsync(Head, none);
        Assert.Equal([person, household, company], of.Select(one => one.Customer));
        Assert.All(of, one => Assert.Equal(MemberRole.Owner, one.Membership.Role));
        Assert.Single(of.Select(one => one.Membership.Individual).Distinct());
        Assert.Equal(person, await world.Get<ICustomerStore>().FindByPhoneAsync(Head, none));
        Assert.Equal(3, (await world.Get<ICustomerStore>().ListByPhoneAsync(Head, none)).Count);
    }

    [Fact]
    public async Task Who_leaves_has_no_key_from_the_answer_on_and_what_was_used_stays()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var child = await JoinAsync(world, family, Child);
        var aunt = await JoinAsync(world, family, Aunt);
        var keys = world.Get<Keys>();
        var own = (await keys.CreateAsync(family.Id, new KeyTerms("phone", Allotment: child.Membership.Allotment), none)).Required();
        var rpm = new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 60, Seconds: 60);
        var limited = (
            await keys.CreateAsync(family.Id, new KeyTerms("toy", Allotment: child.Membership.Allotment, Limits: [rpm]), none)
        ).Required();
        var others = (await keys.CreateAsync(family.Id, new KeyTerms("tv", Allotment: aunt.Membership.Allotment), none)).Required();
        var heads = (await keys.CreateAsync(family.Id, new KeyTerms("own"), none)).Required();

        var left = (await world.Get<Members>().RemoveAsync(family.Id, child.Membership.Id, child.Membership.Id, null, none)).Required();

        Assert.Equal((World.Start, "left"), (left.Membership.Until, left.Membership.EndReason));
        var ring = world.Get<Keyring>();
        Assert.Null(ring.Find(own.Text, World.Start));
        Assert.Null(ring.Find(limited.Text, World.Start));
        Assert.NotNull(ring.Find(others.Text, World.Start));
        Assert.NotNull(ring.Find(heads.Text, World.Start));
        var node = (await world.Accounts.ViewAsync(family.Account)).Allotments.Single(one => one.Terms.Id == child.Membership.Allotment);
        Assert.True(node.Terms.IsClosed);
        Assert.Equal(2, await world.Get<IMemberStore>().CountAsync(family.Id, none));
        Assert.Empty(await world.Get<Members>().OfAsync(Child, none));

        // Again nothing changes; and who comes back gets a node of their own, not the old one.
        world.Time.Advance(TimeSpan.FromDays(1));
        Assert.Equal(left, (await world.Get<Members>().RemoveAsync(family.Id, child.Membership.Id, null, "again", none)).Required());
        var back = await JoinAsync(world, family, Child);
        Assert.NotEqual(child.Membership.Allotment, back.Membership.Allotment);
        Assert.Equal(child.Individual, back.Individual);
        Assert.Null(ring.Find(own.Text, world.Time.GetUtcNow()));
    }

    [Fact]
    public async Task The_owner_stays_and_nobody_becomes_one()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var owner = await OwnerAsync(world, family);
        var child = await JoinAsync(world, family, Child);
        var members = world.Get<Members>();

        Assert.Equal(Problems.WrongState, (await members.RemoveAsync(family.Id, owner.Membership.Id, null, null, none)).Refused!.Problem);
        Assert.Equal(
            Problems.WrongState,
            (await members.RemoveAsync(family.Id, owner.Membership.Id, owner.Membership.Id, null, none)).Refused!.Problem
        );
        Assert.Equal(
            Problems.WrongState,
            (await members.SetRoleAsync(family.Id, owner.Membership.Id, MemberRole.Member, null, null, none)).Refused!.Problem
        );
        Assert.Equal(
            "role",
            (await members.SetRoleAsync(family.Id, child.Membership.Id, MemberRole.Owner, null, null, none)).Refused!.Param
        );
    }

    [Fact]
    public async Task Each_may_change_those_below_within_their_reach()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var company = await CustomerAsync(world, CustomerType.Organization, Head);
        var sales = await world.PutNodeAsync(company, "Sales");
        var team = await world.PutNodeAsync(company, "Team", sales);
        var lab = await world.PutNodeAsync(company, "Lab");
        var owner = await OwnerAsync(world, company);
        var admin = await JoinAsync(world, company, "+8613900000010", new(MemberRole.Administrator));
        var head = await JoinAsync(world, company, "+8613900000011", new(MemberRole.DepartmentAdministrator, Parent: sales));
        var seller = await JoinAsync(world, company, "+8613900000012", new(Parent: team));
        var chemist = await JoinAsync(world, company, "+8613900000013", new(Parent: lab));
        var members = world.Get<Members>();

        // Who may remove whom; asked of the rules alone.
        foreach (
            var (by, whom, may) in new[]
            {
                (head, seller, true),
                (head, chemist, false),
                (head, admin, false),
                (head, head, true),
                (seller, chemist, false),
                (admin, head, true),
                (admin, chemist, true),
                (owner, admin, true),
            }
        )
        {
            var role = MemberRole.Member;
            var given = await members.SetRoleAsync(company.Id, whom.Membership.Id, role, null, by.Membership.Id, none);
            Assert.True(may == given.Refused is null, $"{by.Individual.Name} {whom.Individual.Name} {given.Refused}");
            if (!may)
                Assert.Equal((Problems.PermissionDenied, "by"), (given.Refused!.Problem, given.Refused.Param));
            await members.SetRoleAsync(company.Id, whom.Membership.Id, whom.Membership.Role, whom.Membership.Department, null, none);
        }
        var up = await members.SetRoleAsync(company.Id, seller.Membership.Id, MemberRole.Administrator, null, admin.Membership.Id, none);
        Assert.Equal((Problems.PermissionDenied, "role"), (up.Refused!.Problem, up.Refused.Param));

        // And who may invite whom where.
        Assert.Null((await InviteAsync(world, company, Child, new(Parent: team), head.Membership.Id)).Refused);
        Assert.Equal(
            Problems.PermissionDenied,
            (await InviteAsync(world, company, Aunt, new(Parent: lab), head.Membership.Id)).Refused!.Problem
        );
        Assert.Equal(Problems.PermissionDenied, (await InviteAsync(world, company, Aunt, new(), head.Membership.Id)).Refused!.Problem);
        Assert.Equal(
            Problems.PermissionDenied,
            (await InviteAsync(world, company, Aunt, new(MemberRole.Administrator), admin.Membership.Id)).Refused!.Problem
        );
        Assert.Equal(
            Problems.PermissionDenied,
            (await InviteAsync(world, company, Aunt, new(Parent: team), seller.Membership.Id)).Refused!.Problem
        );
        var stranger = await OwnerAsync(world, await CustomerAsync(world, CustomerType.Organization, Aunt));
        Assert.Equal(Problems.NotFound, (await InviteAsync(world, company, Aunt, new(), stranger.Membership.Id)).Refused!.Problem);
    }

    [Fact]
    public async Task A_department_has_an_administrator_only_where_there_is_one()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var company = await CustomerAsync(world, CustomerType.Organization, Head);
        var sales = await world.PutNodeAsync(company, "Sales");
        var seller = await JoinAsync(world, company, Child);
        var members = world.Get<Members>();

        var nowhere = await members.SetRoleAsync(company.Id, seller.Membership.Id, MemberRole.DepartmentAdministrator, null, null, none);
        Assert.Equal("department", nowhere.Refused!.Param);
        var plain = await members.SetRoleAsync(company.Id, seller.Membership.Id, MemberRole.Member, sales, null, none);
        Assert.Equal("department", plain.Refused!.Param);
        await world.PutNodeAsync(company, "Sales", id: sales, isClosed: true);
        var closed = await members.SetRoleAsync(company.Id, seller.Membership.Id, MemberRole.DepartmentAdministrator, sales, null, none);
        Assert.Equal("department", closed.Refused!.Param);
    }
}
