using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;
using Tokenline.Commerce;
using Tokenline.Commerce.Staff;
using Tokenline.Management.Api;
using Tokenline.Management.AuditTrail;

namespace Tokenline.Management.Staff;

/// <param name="Vendor">Whose person it is; left out: the operator's.</param>
public sealed record NewStaffBody(string? PhoneNumber, string? Name, IReadOnlyList<StaffRole>? Roles, string? Vendor);

/// <summary>What is left out stays as it is.</summary>
public sealed record StaffChangeBody(string? Name, IReadOnlyList<StaffRole>? Roles);

/// <param name="EndedAt">When it was removed.</param>
public sealed record StaffBody(
    StaffId Id,
    string PhoneNumber,
    string Name,
    IReadOnlyList<StaffRole> Roles,
    string? Vendor,
    DateTimeOffset CreatedAt,
    DateTimeOffset? EndedAt
)
{
    internal static StaffBody Of(StaffMember member) =>
        new(member.Id, member.PhoneNumber, member.Name, member.Roles, member.Vendor, member.CreatedAt, member.EndedAt);
}

public sealed record StaffRightsBody(StaffRole Role, IReadOnlyList<StaffRight> Rights);

internal static class StaffEndpoints
{
    private const string Tag = "Staff";
    private const string Roles =
        "Roles of the operator: `administrator`, `product`, `finance`, `support`, `operations`, `auditor`; of a vendor, which `vendor` then names: `vendorAdministrator`, `vendorFinance`, `vendorViewer`. Several add up.";

    public static void Map(RouteGroupBuilder api)
    {
        api.MapGet("/staff", ListAsync)
            .Produces<Listing<StaffBody>>()
            .Documented(Tag, "List staff", "Of the operator and of all vendors, or of one `vendor`; those who have left last.");
        api.MapGet("/staff/{id}", ShowAsync)
            .Produces<StaffBody>()
            .Documented(Tag, "Show a member of staff", "Also one who has left.", Problems.NotFound);
        api.MapPost("/staff", AddAsync)
            .Takes<NewStaffBody>()
            .Produces<StaffBody>(201)
            .AuditedInside()
            .Documented(
                Tag,
                "Add a member of staff",
                "Who has this number signs in with it, and comes to the operator's or the vendor's console. " + Roles,
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.Conflict
            );
        api.MapPut("/staff/{id}", ChangeAsync)
            .Takes<StaffChangeBody>()
            .Produces<StaffBody>()
            .AuditedInside()
            .Documented(
                Tag,
                "Change a member of staff",
                "Name or roles; in force with the next page. " + Roles,
                Problems.InvalidRequest,
                Problems.NotFound,
                Problems.WrongState
            );
        api.MapDelete("/staff/{id}", RemoveAsync)
            .Produces<StaffBody>()
            .AuditedInside()
            .Documented(Tag, "Remove a member of staff", "Opens nothing from the answer on. Again changes nothing.", Problems.NotFound);
        api.MapGet("/staff-rights", () => TypedResults.Ok(new Listing<StaffRightsBody>([.. Rights()])))
            .Produces<Listing<StaffRightsBody>>()
            .Documented(Tag, "Show which role has which right", "The table that every page and endpoint of the consoles is held against.");
    }

    private static IEnumerable<StaffRightsBody> Rights() =>
        from role in Enum.GetValues<StaffRole>()
        select new StaffRightsBody(role, [.. Enum.GetValues<StaffRight>().Where(right => StaffRights.Has(role, right))]);

    private static async Task<IResult> ListAsync(string? vendor, StaffDesk staff, CancellationToken cancellation) =>
        TypedResults.Ok(new Listing<StaffBody>([.. (await staff.ListAsync(vendor, cancellation)).Select(StaffBody.Of)]));

    private static async Task<IResult> ShowAsync(string id, StaffDesk staff, CancellationToken cancellation) =>
        StaffId.TryParse(id, out var member)
            ? ApiResult.Of(await staff.FindAsync(member, cancellation), StaffBody.Of)
            : ApiResult.Problem(NotFound(id));

    private static async Task<IResult> AddAsync(HttpContext http, StaffDesk staff)
    {
        var read = await Body.ReadAsync<NewStaffBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        var made = await staff.AddAsync(
            body.PhoneNumber,
            body.Name,
            body.Roles ?? [],
            body.Vendor,
            AuditMarks.Acting(http),
            AuditMarks.Reason(http),
            http.RequestAborted
        );
        return ApiResult.Created(made, member => $"{ManagementApi.Root}/staff/{member.Id}", StaffBody.Of);
    }

    private static async Task<IResult> ChangeAsync(string id, HttpContext http, StaffDesk staff)
    {
        var read = await Body.ReadAsync<StaffChangeBody>(http);
        if (read.Value is not { } body)
            return ApiResult.Problem(read.Refused!);
        if (!StaffId.TryParse(id, out var member))
            return ApiResult.Problem(NotFound(id));
        return ApiResult.Of(
            await staff.ChangeAsync(member, body.Name, body.Roles, AuditMarks.Acting(http), AuditMarks.Reason(http), http.RequestAborted),
            StaffBody.Of
        );
    }

    private static async Task<IResult> RemoveAsync(string id, HttpContext http, StaffDesk staff) =>
        StaffId.TryParse(id, out var member)
            ? ApiResult.Of(
                await staff.RemoveAsync(member, AuditMarks.Acting(http), AuditMarks.Reason(http), http.RequestAborted),
                StaffBody.Of
            )
            : ApiResult.Problem(NotFound(id));

    private static Refused NotFound(string id) => Refused.NotFound("member of staff", id);
}
