using CsCheck;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Subscriptions;
using Tokenline.Commerce.Tests.Subscriptions;
using static Tokenline.Commerce.Tests.Parties.People;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>Any sequence of invitations, answers, seats and leavings keeps members, seats, nodes and keys together.</summary>
public sealed class PeopleProperties
{
    private const int Persons = 5;
    private static readonly Gen<(int Op, int Who)> steps = Gen.Select(Gen.Int[0, 8], Gen.Int[0, Persons - 1]);

    [Fact]
    public async Task Whatever_happens_seats_are_of_members_and_keys_of_those_who_are_there()
    {
        await using var world = await World.OpenAsync(seeded: true);
        await Shop.OpenAsync(world);
        var companies = 0;
        await steps
            .List[10, 25]
            .SampleAsync(
                async sequence =>
                {
                    var company = await CustomerAsync(world, CustomerType.Organization, $"+8613600{++companies:000000}");
                    var order = (await world.Ordering.PlaceAsync(new(company.Id, "team", Seats: 3), none)).Required();
                    var life = new CompanyLife(world, company, order.Product!.Value);
                    foreach (var (op, who) in sequence)
                    {
                        await life.StepAsync(op, $"+86137{companies:0000}{who:0000}");
                        await life.CheckAsync();
                    }
                },
                iter: 12,
                threads: 1,
                print: sequence => string.Join(' ', sequence)
            );
    }

    private sealed class CompanyLife(World world, Customer company, ProductId team)
    {
        private readonly Dictionary<MembershipId, string> keys = [];

        private async Task<Member?> FindAsync(string phone) =>
            (await world.Get<Members>().ListAsync(company.Id, none)).LastOrDefault(one => one.Individual.PhoneNumber == phone);

        public async Task StepAsync(int op, string phone)
        {
            var member = await FindAsync(phone);
            switch (op)
            {
                case 0 or 1:
                    world.Time.Advance(TimeSpan.FromMinutes(1));
                    await InviteAsync(world, company, phone);
                    break;
                case 2 or 3:
                    foreach (var one in await world.Get<IMemberStore>().InvitationsAsync(phone, world.Time.GetUtcNow(), none))
                        await world.Get<Invitations>().AcceptAsync(one.Id, FakeOneTimePasswords.CodeOf(phone), null, none);
                    break;
                case 4 or 5 when member is not null:
                    await world.Get<Seating>().AssignAsync(team, member.Membership.Id, null, none);
                    break;
                case 6 when member is not null:
                    await world.Get<Seating>().FreeAsync(team, member.Membership.Id, null, none);
                    break;
                case 7 when member is not null:
                    await world.Get<Members>().RemoveAsync(company.Id, member.Membership.Id, member.Membership.Id, null, none);
                    break;
                case 8 when member is { Membership.IsActive: true }:
                    var terms = new KeyTerms("k", Allotment: member.Membership.Allotment);
                    if ((await world.Get<Keys>().CreateAsync(company.Id, terms, none)).Value is { } made)
                        keys[member.Membership.Id] = made.Text;
                    break;
            }
        }

        public async Task CheckAsync()
        {
            var members = await world.Get<Members>().ListAsync(company.Id, none);
            var subscription = (await world.Get<ISubscriptionStore>().FindAsync(team, none))!;
            var nodes = (await world.Accounts.ViewAsync(company.Account)).Allotments.ToDictionary(node => node.Terms.Id);
            Assert.InRange(subscription.Assigned.Count, 0, 3);
            Assert.All(subscription.Assigned, seat => Assert.True(members.Single(one => one.Membership.Id == seat).Membership.IsActive));
            // A person is there once at a time, and what a member has is a node that is open as long as there is a seat.
            Assert.Distinct(members.Where(one => one.Membership.IsActive).Select(one => one.Individual.Id));
            foreach (var (membership, _) in members.Where(one => one.Membership.Role != MemberRole.Owner))
                Assert.Equal(!subscription.Assigned.Contains(membership.Id), nodes[membership.Allotment!.Value].Terms.IsClosed);
            foreach (var (id, text) in keys)
            {
                var isKnown = world.Get<Keyring>().Find(text, world.Time.GetUtcNow()) is not null;
                Assert.Equal(members.Single(one => one.Membership.Id == id).Membership.IsActive, isKnown);
            }
            Assert.Empty(await world.PendingAsync());
        }
    }
}
