using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Tests.Parties;

namespace Tokenline.Commerce.Tests.Storage;

public sealed class SqliteMemberStoreTests : MemberStoreContract
{
    private protected override bool IsShared => false;
}

public sealed class PostgresMemberStoreTests : MemberStoreContract
{
    private protected override bool IsShared => true;
}

/// <summary>What the store of people promises, on whichever database.</summary>
public abstract class MemberStoreContract : Databases
{
    private static CancellationToken None => CancellationToken.None;
    private IMemberStore Store => Get<IMemberStore>();
    private IdSource Ids => Get<IdSource>();

    [Fact]
    public async Task Of_many_who_accept_one_invitation_at_once_one_becomes_a_member()
    {
        var customer = await People.HouseholdAsync(world);
        var invitation = await InviteAsync(customer);

        var joined = await Task.WhenAll(Enumerable.Range(0, 4).Select(_ => Task.Run(() => AcceptAsync(customer, invitation))));

        var member = Assert.Single(joined, one => one is not null)!;
        Assert.Equal(2, await Store.CountAsync(customer.Id, None));
        Assert.Single(await world.PendingAsync());
        Assert.Equal(member, await Store.FindAsync(member.Membership.Id, None));
        Assert.Equal(member.Individual, await Store.FindIndividualAsync(People.Child, None));
        var kept = (await Store.FindInvitationAsync(invitation.Id, None))!;
        Assert.Equal((InvitationState.Accepted, member.Membership.Id, "Ming"), (kept.State, kept.Membership, kept.Terms.Name));
    }

    [Fact]
    public async Task A_person_is_a_member_once_at_a_time_whatever_the_invitation()
    {
        var customer = await People.HouseholdAsync(world);
        await AcceptAsync(customer, await InviteAsync(customer));
        var again = await InviteAsync(customer);

        Assert.Null(await AcceptAsync(customer, again));

        Assert.Equal(InvitationState.Pending, (await Store.FindInvitationAsync(again.Id, None))!.State);
        Assert.Single(await world.PendingAsync());
    }

    [Fact]
    public async Task A_number_that_is_new_to_two_customers_at_once_is_one_person()
    {
        var one = await People.HouseholdAsync(world);
        var other = await People.HouseholdAsync(world, People.Aunt);
        var (first, second) = (await InviteAsync(one), await InviteAsync(other));

        var joined = await Task.WhenAll(Task.Run(() => AcceptAsync(one, first)), Task.Run(() => AcceptAsync(other, second)));

        Assert.Single(joined.Select(member => member!.Individual).Distinct());
        Assert.Equal(2, (await Store.OfIndividualAsync(joined[0]!.Individual.Id, None)).Count);
    }

    [Fact]
    public async Task Of_many_customers_of_a_number_at_once_there_is_one_of_each_type_and_one_person()
    {
        var types = Enumerable.Repeat(Enum.GetValues<CustomerType>(), 2).SelectMany(type => type);

        var made = await Task.WhenAll(
            types.Select(type => Task.Run(() => world.Customers.CreateAsync(People.Head, "Wang", null, null, None, type)))
        );

        Assert.Equal(3, made.Count(outcome => outcome.Value is not null));
        Assert.All(made.Where(outcome => outcome.Value is null), outcome => Assert.Equal(Problems.Conflict, outcome.Refused!.Problem));
        var person = (await Store.FindIndividualAsync(People.Head, None))!;
        Assert.Equal(3, (await Store.OfIndividualAsync(person.Id, None)).Count);
    }

    [Fact]
    public async Task A_number_waits_for_one_answer_at_a_time()
    {
        var customer = await People.HouseholdAsync(world);
        var invited = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.InviteAsync(New(customer), World.Start, None)))
        );

        Assert.Single(invited, isMade => isMade);
        Assert.Equal(1, await Store.CountInvitationsAsync(customer.Id, World.Start, None));
        Assert.Equal(0, await Store.CountInvitationsAsync(customer.Id, World.Start + Invitation.Validity, None));
        Assert.True(await Store.InviteAsync(New(customer), World.Start + Invitation.Validity, None));
    }

    [Fact]
    public async Task A_membership_ends_once_with_its_keys_and_its_node()
    {
        var customer = await People.HouseholdAsync(world);
        var member = (await AcceptAsync(customer, await InviteAsync(customer)))!;
        var key = (await Get<Keys>().CreateAsync(customer.Id, new KeyTerms("one"), None)).Required().Key;
        var closed = member.Membership with { Until = World.Start, EndReason = "left" };
        var command = new SetStanding(new CommandId(7), false, "as an example");

        var ended = await Task.WhenAll(
            Enumerable.Range(0, 4).Select(_ => Task.Run(() => Store.CloseAsync(closed, [key.Id], customer.Account, command)))
        );

        Assert.Single(ended, isMade => isMade);
        Assert.Equal(World.Start, Assert.Single(await Get<Keys>().ListAsync(customer.Id, None)).RevokedAt);
        Assert.Single(await world.PendingAsync(), row => row.Command is SetStanding);
        Assert.Equal(closed, (await Store.FindAsync(closed.Id, None))!.Membership);
        Assert.False(await Store.SetRoleAsync(closed with { Role = MemberRole.Administrator }, None));
        Assert.Equal(1, await Store.CountAsync(customer.Id, None));
    }

    private async Task<Invitation> InviteAsync(Customer customer)
    {
        var invitation = New(customer);
        Assert.True(await Store.InviteAsync(invitation, World.Start, None));
        return invitation;
    }

    private Invitation New(Customer customer) =>
        new(
            Ids.Next<InvitationKind>(),
            customer.Id,
            People.Child,
            new MemberTerms(Name: "Ming"),
            InvitationState.Pending,
            World.Start,
            World.Start + Invitation.Validity
        );

    private Task<Member?> AcceptAsync(Customer customer, Invitation invitation)
    {
        var person = new Individual(Ids.Next<IndividualKind>(), invitation.PhoneNumber, "Ming", World.Start);
        var membership = new Membership(
            Ids.Next<MembershipKind>(),
            customer.Id,
            person.Id,
            MemberRole.Member,
            World.Start,
            Ids.Next<AllotmentKind>()
        );
        var node = new Allotment(membership.Allotment!.Value, Allotment.Root, "Ming", AllotmentType.Member);
        var accepted = invitation with { State = InvitationState.Accepted, EndedAt = World.Start, Membership = membership.Id };
        return Store.AcceptAsync(accepted, person, membership, customer.Account, new PutAllotment(Ids.Next<CommandKind>(), node));
    }
}
