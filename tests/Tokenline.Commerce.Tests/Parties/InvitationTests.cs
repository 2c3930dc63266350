using Tokenline.Charging.Accounts;
using Tokenline.Charging.Limits;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Payments;
using static Tokenline.Commerce.Tests.Parties.People;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>From an invitation to a member.</summary>
public sealed class InvitationTests
{
    [Fact]
    public async Task The_invited_confirms_by_the_code_and_has_a_node_with_what_was_agreed()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var terms = new MemberTerms(
            Name: "Xiao Ming",
            Limits:
            [
                new Limit(
                    "cap",
                    LimitWindow.Month,
                    Measure.Quota,
                    1_000_000,
                    Unit: new QuotaUnit("general-token"),
                    TimeZone: "Asia/Shanghai"
                ),
            ],
            Models: ["glm-5"],
            Hours: [new AllowedHours(new(7, 0), new(21, 30), "Asia/Shanghai")]
        );
        var invited = (await InviteAsync(world, family, Child, terms)).Required();
        var message = Assert.Single(world.Get<FakeOneTimePasswords>().Sent);
        Assert.Equal(Child, message.PhoneNumber);
        Assert.Contains("Wang", message.Message, StringComparison.Ordinal);

        var invitations = world.Get<Invitations>();
        var wrong = (await invitations.AcceptAsync(invited.Id, "0", null, none)).Refused!;
        Assert.Equal((Problems.InvalidRequest, "code"), (wrong.Problem, wrong.Param));
        var member = (await invitations.AcceptAsync(invited.Id, FakeOneTimePasswords.CodeOf(Child), null, none)).Required();

        Assert.Equal(
            ("Xiao Ming", Child, MemberRole.Member),
            (member.Individual.Name, member.Individual.PhoneNumber, member.Membership.Role)
        );
        var node = (await world.Accounts.ViewAsync(family.Account)).Allotments.Single(one => one.Terms.Id == member.Membership.Allotment);
        Assert.Equal((AllotmentType.Member, "Xiao Ming", Allotment.Root), (node.Terms.Type, node.Terms.Name, node.Terms.Parent));
        Assert.Equal(terms.Limits, node.Limits.Select(limit => limit.Limit));
        Assert.Equal(terms.Models, node.Terms.Models);
        Assert.Equal(terms.Hours, node.Terms.Hours);
        Assert.Equal(
            (InvitationState.Accepted, member.Membership.Id),
            (await world.Get<IMemberStore>().FindInvitationAsync(invited.Id, none)) is { } ended ? (ended.State, ended.Membership) : default
        );
        Assert.Equal(
            Problems.WrongState,
            (await invitations.AcceptAsync(invited.Id, FakeOneTimePasswords.CodeOf(Child), null, none)).Refused!.Problem
        );
        Assert.Equal(Problems.Conflict, (await InviteAsync(world, family, Child)).Refused!.Problem);
    }

    [Fact]
    public async Task Two_who_accept_at_once_are_one_member_with_one_node()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        world.Get<FakeOneTimePasswords>().IsForgetful = true;
        var invited = (await InviteAsync(world, family, Child)).Required();

        var accepted = await Task.WhenAll(
            Enumerable
                .Range(0, 4)
                .Select(_ =>
                    Task.Run(() => world.Get<Invitations>().AcceptAsync(invited.Id, FakeOneTimePasswords.CodeOf(Child), null, none))
                )
        );

        Assert.Single(accepted, outcome => outcome.Value is not null);
        Assert.All(
            accepted.Where(outcome => outcome.Value is null),
            outcome => Assert.Equal(Problems.WrongState, outcome.Refused!.Problem)
        );
        Assert.Equal(2, (await world.Get<Members>().ListAsync(family.Id, none)).Count);
        Assert.Equal(2, (await world.Accounts.ViewAsync(family.Account)).Allotments.Count);
    }

    [Fact]
    public async Task Nobody_joins_beyond_what_the_plan_allows_however_many_were_invited_before()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        for (var i = 2; i <= 4; i++)
            Assert.Null((await InviteAsync(world, family, $"+861390000000{i}")).Refused);
        var fifth = (await InviteAsync(world, family, "+8613900000005")).Refused!;
        Assert.Equal(Problems.MembersMaxReached, fifth.Problem);

        // One does not answer, so that another may be invited; and then answers after all.
        var late = (await world.Get<IMemberStore>().InvitationsAsync(Child, world.Time.GetUtcNow(), none)).Single();
        Assert.Null((await world.Get<Invitations>().WithdrawAsync(family.Id, late.Id, null, none)).Refused);
        Assert.Equal(Problems.WrongState, (await world.Get<Invitations>().AcceptAsync(late.Id, "1", null, none)).Refused!.Problem);
        await JoinAsync(world, family, "+8613900000005");
        Assert.Equal(2, await world.Get<IMemberStore>().CountAsync(family.Id, none));
    }

    [Fact]
    public async Task A_person_has_no_members_and_a_household_none_without_a_plan_that_is_shared()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var person = await world.NewCustomerAsync();
        Assert.Equal(Problems.NotEligible, (await InviteAsync(world, person, Child)).Refused!.Problem);
        var household = await HouseholdAsync(world);
        Assert.Equal(Problems.NotEligible, (await InviteAsync(world, household, Child)).Refused!.Problem);
        Assert.Empty(world.Get<FakeOneTimePasswords>().Sent);

        await FamilyAsync(world, Aunt);
        var order = await world.Ordering.PlaceAsync(person.Id, Family.Id, null, none);
        Assert.Equal((Problems.NotEligible, "customer"), (order.Refused!.Problem, order.Refused.Param));
    }

    [Fact]
    public async Task An_invitation_that_nobody_answers_for_seven_days_is_over_and_gives_way_to_another()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var first = (await InviteAsync(world, family, Child)).Required();
        Assert.Equal(Problems.Conflict, (await InviteAsync(world, family, Child)).Refused!.Problem);

        world.Time.Advance(Invitation.Validity);

        var late = (await world.Get<Invitations>().AcceptAsync(first.Id, FakeOneTimePasswords.CodeOf(Child), null, none)).Refused!;
        Assert.Equal(Problems.WrongState, late.Problem);
        var second = (await InviteAsync(world, family, Child)).Required();
        Assert.Equal(
            [second.Id],
            (await world.Get<IMemberStore>().InvitationsAsync(Child, world.Time.GetUtcNow(), none)).Select(one => one.Id)
        );
        var all = await world.Get<IMemberStore>().InvitationsAsync(family.Id, none);
        Assert.Equal([InvitationState.Pending, InvitationState.Expired], all.Select(one => one.State));
    }

    [Fact]
    public async Task Codes_are_sent_a_minute_apart_and_five_at_the_most()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var invited = (await InviteAsync(world, await FamilyAsync(world), Child)).Required();
        var invitations = world.Get<Invitations>();

        Assert.Equal(Problems.RateLimitExceeded, (await invitations.SendCodeAsync(invited.Id, none)).Refused!.Problem);
        for (var i = 2; i <= Invitations.SentMax; i++)
        {
            world.Time.Advance(Invitations.SentEvery);
            Assert.Equal(i, (await invitations.SendCodeAsync(invited.Id, none)).Required().Sent);
        }
        world.Time.Advance(Invitations.SentEvery);
        Assert.Equal(Problems.RateLimitExceeded, (await invitations.SendCodeAsync(invited.Id, none)).Refused!.Problem);
    }

    [Fact]
    public async Task A_carrier_that_is_away_loses_no_invitation_and_a_number_that_gets_no_messages_leaves_none()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var carrier = world.Get<FakeOneTimePasswords>();
        carrier.IsDown = true;
        var invited = (await InviteAsync(world, family, Child)).Required();
        Assert.Null(invited.SentAt);
        Assert.Equal(Problems.WrongState, (await world.Get<Invitations>().AcceptAsync(invited.Id, "1", null, none)).Refused!.Problem);
        Assert.Equal(Problems.UpstreamUnavailable, (await world.Get<Invitations>().SendCodeAsync(invited.Id, none)).Refused!.Problem);
        carrier.IsDown = false;
        Assert.Equal(1, (await world.Get<Invitations>().SendCodeAsync(invited.Id, none)).Required().Sent);

        carrier.Barred = Aunt;
        Assert.Equal("phoneNumber", (await InviteAsync(world, family, Aunt)).Refused!.Param);
        Assert.Empty(await world.Get<IMemberStore>().InvitationsAsync(Aunt, world.Time.GetUtcNow(), none));
    }

    [Fact]
    public async Task Who_declines_can_be_invited_again()
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);
        var invited = (await InviteAsync(world, family, Child)).Required();

        Assert.Equal(InvitationState.Declined, (await world.Get<Invitations>().DeclineAsync(invited.Id, none)).Required().State);
        Assert.Equal(Problems.WrongState, (await world.Get<Invitations>().DeclineAsync(invited.Id, none)).Refused!.Problem);
        await JoinAsync(world, family, Child);
    }

    public static TheoryData<string, string, MemberTerms> Wrongs =>
        new()
        {
            { "phoneNumber", "13900000002", new() },
            { "role", Child, new(MemberRole.Owner) },
            { "parent", Child, new(MemberRole.DepartmentAdministrator) },
            { "parent", Child, new(Parent: new AllotmentId(7)) },
            { "name", Child, new(Name: " ") },
            { "models", Child, new(Models: []) },
            { "limits[0].seconds", Child, new(Limits: [new Limit("rpm", LimitWindow.Rolling, Measure.Requests, 1)]) },
        };

    [Theory]
    [MemberData(nameof(Wrongs))]
    public async Task What_could_not_be_kept_is_refused_by_its_field_and_nobody_is_told(string param, string phoneNumber, MemberTerms terms)
    {
        await using var world = await World.OpenAsync(seeded: true);
        var family = await FamilyAsync(world);

        var refused = (await InviteAsync(world, family, phoneNumber, terms)).Refused!;

        Assert.Equal((Problems.InvalidRequest, param), (refused.Problem, refused.Param));
        Assert.Empty(world.Get<FakeOneTimePasswords>().Sent);
        Assert.Empty(await world.Get<IMemberStore>().InvitationsAsync(family.Id, none));
    }

    [Theory]
    [InlineData(NoticeLanguage.Chinese)]
    [InlineData(NoticeLanguage.English)]
    public void The_message_is_short_enough_and_holds_one_code_whatever_the_customer_is_called(NoticeLanguage language)
    {
        foreach (var name in new[] { "Wang", new string('w', Customers.NameLengthMax), IOneTimePasswords.Placeholder })
        {
            var customer = new Customer(new(1), new(2), Head, name, World.Start, null, false);
            var message = Invitations.MessageOf(customer, language);
            Assert.InRange(message.Length, 1, IOneTimePasswords.MessageLengthMax);
            Assert.Equal(2, message.Split(IOneTimePasswords.Placeholder).Length);
        }
    }
}
