using Tokenline.Commerce.AuditTrail;
using Tokenline.Commerce.Notifications;

namespace Tokenline.Commerce.Staff;

/// <summary>Somebody who was brought in.</summary>
/// <param name="IsTold">The text message was taken by the carrier; else somebody has to say it.</param>
public sealed record InvitedPerson(StaffMember Member, bool IsTold);

/// <summary>What a vendor's administrator does with the vendor's own people. Somebody of another vendor, or of the operator, is not there.</summary>
public sealed class VendorPeople(StaffDesk desk, ISmsSender texts)
{
    /// <summary>At work at the same time.</summary>
    public const int PeopleMax = 50;

    public Task<IReadOnlyList<StaffMember>> ListAsync(string vendor, CancellationToken cancellation) =>
        desk.ListAsync(vendor, cancellation);

    /// <summary>Whoever has this number signs in with it from now on, and hears of it by a text message.</summary>
    /// <param name="address">Where the console is, without a path.</param>
    public async Task<Outcome<InvitedPerson>> InviteAsync(
        string vendor,
        string? phoneNumber,
        string? name,
        IReadOnlyCollection<StaffRole> roles,
        string address,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    )
    {
        if ((await desk.ListAsync(vendor, cancellation)).Count(member => member.EndedAt is null) >= PeopleMax)
            return new Refused(Problems.Conflict, $"A vendor has at most {PeopleMax} people: remove somebody first.");
        var added = await desk.AddAsync(phoneNumber, name, roles, vendor, by, why, cancellation);
        return added.Value is { } member ? new InvitedPerson(member, await TellAsync(member, address)) : added.Refused!;
    }

    /// <inheritdoc cref="StaffDesk.ChangeAsync" />
    public async Task<Outcome<StaffMember>> ChangeAsync(
        string vendor,
        StaffId id,
        string? name,
        IReadOnlyCollection<StaffRole>? roles,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    ) =>
        await IsOfAsync(vendor, id, cancellation)
            ? await desk.ChangeAsync(id, name, roles, by, why, cancellation)
            : Refused.NotFound("member of staff", id.ToString());

    /// <inheritdoc cref="StaffDesk.RemoveAsync" />
    public async Task<Outcome<StaffMember>> RemoveAsync(
        string vendor,
        StaffId id,
        AuditActor by,
        string? why,
        CancellationToken cancellation
    ) =>
        await IsOfAsync(vendor, id, cancellation)
            ? await desk.RemoveAsync(id, by, why, cancellation)
            : Refused.NotFound("member of staff", id.ToString());

    private async Task<bool> IsOfAsync(string vendor, StaffId id, CancellationToken cancellation) =>
        (await desk.FindAsync(id, cancellation)).Value?.Vendor == vendor;

    /// <summary>The person is in whether or not the carrier takes the message.</summary>
    private async Task<bool> TellAsync(StaffMember member, string address)
    {
        var text =
            $"{member.Vendor} 邀请您加入 Tokenline 厂商控制台，请用本号码登录 {address}/sign-in / You were invited to the console of {member.Vendor}: sign in with this number.";
        try
        {
            return (await texts.SendAsync(member.Id.ToString(), member.PhoneNumber, text, CancellationToken.None)).Failure is null;
        }
        catch (Exception e) when (e is HttpRequestException or OperationCanceledException)
        {
            return false;
        }
    }
}
