using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Parties;
using Tokenline.Management.Api;
using Tokenline.Management.Entitlement;

namespace Tokenline.Management.Parties;

internal static class InvitationEndpoints
{
    private const string Tag = "Members";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapPost("/customers/{id}/invitations", InviteAsync)
            .Takes<NewInvitationBody>()
            .Produces<InvitationBody>(201)
            .Documented(
                Tag,
                "Invite somebody by phone number",
                "A code goes to the number; whoever gives it becomes a member, with a node under the account. Good for seven days. `by`: the member who invites.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.AccountSuspended,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.Conflict,
                Problems.MembersMaxReached,
                Problems.RateLimitExceeded,
                Problems.Overloaded
            );
        api.MapGet("/customers/{id}/invitations", ListAsync)
            .Produces<Listing<InvitationBody>>()
            .Documented(Tag, "List a customer's invitations", "Newest first, those that have ended too.", Problems.NotFound);
        api.MapGet("/invitations", OfNumberAsync)
            .Produces<Listing<InvitationBody>>()
            .Documented(Tag, "List what a number may accept", "`phoneNumber`: the invited's. Newest first.", Problems.InvalidRequest);
        api.MapPost("/invitations/{id}/code", SendCodeAsync)
            .Produces<InvitationBody>()
            .Documented(
                Tag,
                "Send another code",
                "The one before is good no more. At most five, a minute apart.",
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState,
                Problems.RateLimitExceeded,
                Problems.UpstreamUnavailable
            );
        api.MapPost("/invitations/{id}/accept", AcceptAsync)
            .Takes<AcceptBody>()
            .Produces<MemberBody>(201)
            .Documented(
                Tag,
                "Accept an invitation",
                "With the code that was sent. The answer's `allotment` is the node for the member's keys.",
                Problems.InvalidRequest,
                Problems.AccountSuspended,
                Problems.NotEligible,
                Problems.NotFound,
                Problems.Conflict,
                Problems.MembersMaxReached,
                Problems.WrongState,
                Problems.UpstreamUnavailable,
                Problems.Overloaded
            );
        api.MapPost("/invitations/{id}/decline", DeclineAsync)
            .Produces<InvitationBody>()
            .Documented(Tag, "Decline an invitation", "By the invited.", Problems.NotFound, Problems.WrongState);
        api.MapDelete("/customers/{id}/invitations/{invitation}", WithdrawAsync)
            .Produces<InvitationBody>()
            .Documented(
                Tag,
                "Withdraw an invitation",
                "By those who invited. `by`: the member who wants it.",
                Problems.InvalidRequest,
                Problems.PermissionDenied,
                Problems.NotFound,
                Problems.WrongState
            );
    }

    private static async Task<IResult> InviteAsync(
        string id,
        string? by,
        HttpContext http,
        Invitations invitations,
        CommerceOptions options,
        TimeProvider time
    )
    {
        var body = await Body.ReadAsync<NewInvitationBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        var (phoneNumber, name, role, parent, limits, models, hours) = body.Required();
        var now = time.GetUtcNow();
        var own = LimitBody.ToLimits("limits", limits, options.TimeZone, now);
        var allowed = HoursBody.ToHours(hours, options.TimeZone);
        if ((own.Refused ?? allowed.Refused) is { } wrong)
            return ApiResult.Problem(wrong);
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        if (ActingMember.Read(by, out var acting) is { } unknown)
            return ApiResult.Problem(unknown);
        var terms = new MemberTerms(
            role ?? MemberRole.Member,
            name,
            parent,
            limits is null ? null : own.Required(),
            models,
            hours is null ? null : allowed.Required()
        );
        var invited = await invitations.InviteAsync(customer, phoneNumber, terms, acting, http.RequestAborted);
        return ApiResult.Created(invited, _ => $"{ManagementApi.Root}/customers/{id}/invitations", made => InvitationBody.Of(made, now));
    }

    private static async Task<IResult> ListAsync(
        string id,
        Customers customers,
        IMemberStore store,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        var found = await CustomerEndpoints.CustomerAsync(id, customers, cancellation);
        return found.Value is { } customer
            ? Listed(await store.InvitationsAsync(customer.Id, cancellation), time.GetUtcNow())
            : ApiResult.Problem(found.Refused!);
    }

    private static async Task<IResult> OfNumberAsync(
        string? phoneNumber,
        IMemberStore store,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (phoneNumber is null)
            return ApiResult.Problem(Refused.Invalid("phoneNumber", "A phone number is expected."));
        var now = time.GetUtcNow();
        // A plus sign that was not escaped arrives as a space.
        return Listed(await store.InvitationsAsync(phoneNumber.Replace(' ', '+'), now, cancellation), now);
    }

    private static async Task<IResult> SendCodeAsync(
        string id,
        Invitations invitations,
        TimeProvider time,
        CancellationToken cancellation
    ) => InvitationId.TryParse(id, out var invitation) ? Of(await invitations.SendCodeAsync(invitation, cancellation), time) : NotFound(id);

    private static async Task<IResult> AcceptAsync(string id, HttpContext http, Invitations invitations)
    {
        var body = await Body.ReadAsync<AcceptBody>(http);
        if (body.Refused is { } refused)
            return ApiResult.Problem(refused);
        if (!InvitationId.TryParse(id, out var invitation))
            return NotFound(id);
        var (code, name) = body.Required();
        return ApiResult.Created(
            await invitations.AcceptAsync(invitation, code, name, http.RequestAborted),
            member => $"{ManagementApi.Root}/customers/{member.Membership.Customer}/members/{member.Membership.Id}",
            MemberBody.Of
        );
    }

    private static async Task<IResult> DeclineAsync(
        string id,
        Invitations invitations,
        TimeProvider time,
        CancellationToken cancellation
    ) => InvitationId.TryParse(id, out var invitation) ? Of(await invitations.DeclineAsync(invitation, cancellation), time) : NotFound(id);

    private static async Task<IResult> WithdrawAsync(
        string id,
        string invitation,
        string? by,
        Invitations invitations,
        TimeProvider time,
        CancellationToken cancellation
    )
    {
        if (!PartyId.TryParse(id, out var customer))
            return ApiResult.Problem(Refused.NotFound("customer", id));
        if (!InvitationId.TryParse(invitation, out var known))
            return NotFound(invitation);
        return ActingMember.Read(by, out var acting) is { } wrong
            ? ApiResult.Problem(wrong)
            : Of(await invitations.WithdrawAsync(customer, known, acting, cancellation), time);
    }

    private static Ok<Listing<InvitationBody>> Listed(IReadOnlyList<Invitation> found, DateTimeOffset now) =>
        TypedResults.Ok(new Listing<InvitationBody>([.. found.Select(invitation => InvitationBody.Of(invitation, now))]));

    private static IResult Of(Outcome<Invitation> outcome, TimeProvider time) =>
        ApiResult.Of(outcome, invitation => InvitationBody.Of(invitation, time.GetUtcNow()));

    private static IResult NotFound(string id) => ApiResult.Problem(Refused.NotFound("invitation", id));
}
