using Tokenline.Commerce.Catalog;
using Tokenline.Commerce.Parties;
using Tokenline.Commerce.Tests.Subscriptions;

namespace Tokenline.Commerce.Tests.Parties;

/// <summary>What stories of people share: households, organizations, and how somebody joins them.</summary>
internal static class People
{
    public static readonly CancellationToken none = CancellationToken.None;
    public const string Head = "+8613900000001";
    public const string Child = "+8613900000002";
    public const string Aunt = "+8613900000003";

    /// <summary>Four persons at the most.</summary>
    public static readonly ProductOffering Family = Shop.Plan("family", 49.9m, 80_000_000, new RenewalTerms(true, CoolingOffDays: 7)) with
    {
        MembersMax = 4,
    };

    public static Task<Customer> HouseholdAsync(World world, string phoneNumber = Head) =>
        CustomerAsync(world, CustomerType.Household, phoneNumber);

    public static async Task<Customer> CustomerAsync(World world, CustomerType type, string phoneNumber) =>
        (await world.Customers.CreateAsync(phoneNumber, "Wang", null, null, none, type)).Required();

    /// <summary>A household with a plan for four.</summary>
    public static async Task<Customer> FamilyAsync(World world, string phoneNumber = Head)
    {
        if (await world.Get<ICatalogStore>().FindOfferingAsync(Family.Id, none) is null)
            await world.Get<ICatalogStore>().AddOfferingsAsync([Family], none);
        var household = await HouseholdAsync(world, phoneNumber);
        await world.OrderAsync(household, Family.Id);
        return household;
    }

    public static Task<Outcome<Invitation>> InviteAsync(
        World world,
        Customer customer,
        string phoneNumber,
        MemberTerms? terms = null,
        MembershipId? by = null
    ) => world.Get<Invitations>().InviteAsync(customer.Id, phoneNumber, terms ?? new MemberTerms(), by, none);

    public static async Task<Member> JoinAsync(World world, Customer customer, string phoneNumber, MemberTerms? terms = null)
    {
        var invitation = (await InviteAsync(world, customer, phoneNumber, terms)).Required();
        return (await world.Get<Invitations>().AcceptAsync(invitation.Id, FakeOneTimePasswords.CodeOf(phoneNumber), null, none)).Required();
    }

    public static async Task<Member> OwnerAsync(World world, Customer customer) =>
        (await world.Get<Members>().ListAsync(customer.Id, none)).First(member => member.Membership.Role == MemberRole.Owner);
}
