using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;

namespace Tokenline.Management.Parties;

internal static class MemberEndpoints
{
    private const string Tag = "Members";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/customers/{id}/members", ListAsync)
            .Produces<Listing<MemberBody>>()
            .Documented(Tag, "List a customer's members", "In the order they came, those who have left too.", Problems.NotFound);
        api.MapGet("/customers/{id}/members/{member}", ShowAsync)
            .Produces<MemberBody>()
            .Documented(Tag, "Show a member", "With the node that its calls pass.", Problems.NotFound);
        api.MapPut("/customers/{id}/members/{member}/role", SetRoleAsync)
            .Takes<RoleBody>()
            .Produces<MemberBody>()
            .Documented(
                Tag,
                "Give a member another role",
                "`by`: the member who wants it, who must stand above the old role and the new one; left out: the operator. The owner's stays.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapDelete("/customers/{id}/members/{member}", RemoveAsync)
            .Produces<MemberBody>()
            .Documented(
                Tag,
                "Remove a member, or leave",
                "From the answer on the member's keys are unknown and its node is closed; what it used stays on record. `by`: the member who wants it, itself if it leaves. Again changes nothing.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.Conflict,
                Problems.WrongState,
                Problems.Overloaded
            );
        api.MapGet("/memberships", OfAsync)
            .Produces<Listing<MembershipBody>>()
            .Documented(
                Tag,
                "List the customers that a person belongs to",
                "`phoneNumber`: the person's. Active memberships, oldest first.",
                Problems.InvalidRequest
            );
        api.MapGet("/member-rights", () => TypedResults.Ok(new Listing<RightBody>([.. Rights()])))
            .Produces<Listing<RightBody>>()
            .Documented(Tag, "Show who may do what", "The table that `by` is held against.");
    }

    private static IEnumerable<RightBody> Rights() =>
        from type in Enum.GetValues<CustomerType>()
        from role in Enum.GetValues<MemberRole>()
        from act in Enum.GetValues<MemberAct>()
        select new RightBody(type, role, act, MemberRights.Of(role, type, act));

    private static async Task<IResult> ListAsync(string id, Customers customers, Members members, CancellationToken cancellation)
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? TypedResults.Ok(new Listing<MemberBody>([.. (await members.ListAsync(customer.Id, cancellation)).Select(MemberBody.Of)]))
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> ShowAsync(string id, string member, Members members, CancellationToken cancellation)
    {
        var read = Read(id, member);
        return read.Value is { } at
            ? ApiResult.Of(await members.FindAsync(at.Customer, at.Member, cancellation), MemberBody.Of)
            : ApiResult.Problem(read.Refused!);
    }

    private static async Task<IResult> SetRoleAsync(string id, string member, string? by, HttpContext http, Members members)
    {
        var body = await Body.ReadAsync<RoleBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var (role, department) = body.Required();
        if (role is not { } wanted)
            return ApiResult.Problem(Refused.Invalid("role", "administrator, departmentAdministrator or member is expected."));
        var read = Read(id, member);
        if (read.Value is not { } at)
            return ApiResult.Problem(read.Refused!);
        if (ActingMember.Read(by, out var acting) is { } wrong)
            return ApiResult.Problem(wrong);
        return ApiResult.Of(
            await members.SetRoleAsync(at.Customer, at.Member, wanted, department, acting, http.RequestAborted),
            MemberBody.Of
        );
    }

    private static async Task<IResult> RemoveAsync(
        string id,
        string member,
        string? by,
        string? reason,
        Members members,
        CancellationToken cancellation
    )
    {
        var read = Read(id, member);
        if (read.Value is not { } at)
            return ApiResult.Problem(read.Refused!);
        if (ActingMember.Read(by, out var acting) is { } wrong)
            return ApiResult.Problem(wrong);
        return ApiResult.Of(await members.RemoveAsync(at.Customer, at.Member, acting, reason, cancellation), MemberBody.Of);
    }

    private static async Task<IResult> OfAsync(string? phoneNumber, Members members, CancellationToken cancellation) =>
        phoneNumber is null
            ? ApiResult.Problem(Refused.Invalid("phoneNumber", "A phone number is expected."))
            // A plus sign that was not escaped arrives as a space.
            : TypedResults.Ok(
                new Listing<MembershipBody>([
                    .. (await members.OfAsync(phoneNumber.Replace(' ', '+'), cancellation)).Select(MembershipBody.Of),
                ])
            );

    private sealed record Place(PartyId Customer, MembershipId Member);

    private static Outcome<Place> Read(string id, string member) =>
        !PartyId.TryParse(id, out var customer) ? Refused.NotFound("customer", id)
        : MembershipId.TryParse(member, out var membership) ? new Place(customer, membership)
        : Refused.NotFound("member", member);
}

/// <summary>The member on whose behalf something is asked: <c>?by=mbr_…</c>. Left out it is the operator's own wish.</summary>
internal static class ActingMember
{
    /// <summary>Null: it could be read.</summary>
    public static Refused? Read(string? by, out MembershipId? acting)
    {
        acting = null;
        if (by is null)
            return null;
        if (!MembershipId.TryParse(by, out var id))
            return Refused.Invalid("by", "A member's id, mbr_…, is expected.");
        acting = id;
        return null;
    }
}
