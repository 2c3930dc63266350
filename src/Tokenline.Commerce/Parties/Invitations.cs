using Tokenline.Charging;
using Tokenline.Charging.Accounts;
using Tokenline.Commerce.Configuration;
using Tokenline.Commerce.Entitlement;
using Tokenline.Commerce.Notifications;
using Tokenline.Commerce.Outbox;
using Tokenline.Commerce.Payments;
using Tokenline.Commerce.Subscriptions;

namespace Tokenline.Commerce.Parties;

/// <summary>
/// How somebody becomes a member: invited by phone number, confirmed by the code that is sent there. The membership, its node and the end of the invitation are one transaction,
/// so of two who accept at once one does.
/// </summary>
public sealed class Invitations(
    IMemberStore store,
    ICustomerStore customers,
    ISubscriptionStore subscriptions,
    Members members,
    MembersMax membersMax,
    INotificationStore notifications,
    IOneTimePasswords passwords,
    IChargingAccounts accounts,
    OutboxDispatcher outbox,
    ITurns turns,
    IdSource ids,
    TimeProvider time
)
{
    /// <summary>Codes of one invitation.</summary>
    public const int SentMax = 5;
    public static readonly TimeSpan SentEvery = TimeSpan.FromMinutes(1);
    private const int NameInMessageMax = 40;

    /// <summary>With no code sent yet where the carrier could not be reached: have one sent with <see cref="SendCodeAsync"/>.</summary>
    /// <param name="by">The member who invites; null: the operator.</param>
    public async Task<Outcome<Invitation>> InviteAsync(
        PartyId id,
        string? phoneNumber,
        MemberTerms terms,
        MembershipId? by,
        CancellationToken cancellation
    )
    {
        if (!Customer.IsPhoneNumber(phoneNumber))
            return Refused.Invalid("phoneNumber", "A phone number is a plus sign and 8 to 15 digits (E.164), such as +8613800000000.");
        if (WhatIsWrong(terms) is { } wrong)
            return wrong;
        if (await customers.FindAsync(id, cancellation) is not { } customer)
            return Refused.NotFound("customer", id.ToString());
        if (customer.Suspended)
            return new Refused(Problems.AccountSuspended, "This account is suspended.");
        var not =
            await members.WhyNotAsync(customer, by, MemberAct.ManageMembers, terms.Parent, cancellation)
            ?? await members.IsAboveAsync(by, terms.Role, cancellation)
            ?? (terms.Parent is { } parent ? await members.NodeAsync(customer, parent) : null);
        if (not is not null)
            return not;

        Invitation invitation;
        await using (await turns.TakeAsync(Turns.MembersOf(id), cancellation))
        {
            var now = time.GetUtcNow();
            if (await IsMemberAsync(id, phoneNumber!, cancellation))
                return new Refused(Problems.Conflict, $"{phoneNumber} is a member already.", "phoneNumber");
            var waiting = await store.CountInvitationsAsync(id, now, cancellation);
            if (await membersMax.WhyNotOneMoreAsync(customer, waiting, cancellation) is { } full)
                return full;
            invitation = new Invitation(
                ids.Next<InvitationKind>(),
                id,
                phoneNumber!,
                terms,
                InvitationState.Pending,
                now,
                now + Invitation.Validity,
                By: by
            );
            if (!await store.InviteAsync(invitation, now, cancellation))
                return new Refused(Problems.Conflict, $"{phoneNumber} is invited already.", "phoneNumber");
        }
        var sent = await SendAsync(invitation, customer);
        // A number that cannot be reached was mistyped: nobody will ever accept this.
        if (sent.Refused is { Problem: var problem } && problem == Problems.InvalidRequest)
            await EndAsync(invitation, InvitationState.Withdrawn);
        return sent.Refused is { } refused && refused.Problem != Problems.UpstreamUnavailable ? refused : sent.Value ?? invitation;
    }

    /// <summary>Sends another code; the one before is good no more.</summary>
    public async Task<Outcome<Invitation>> SendCodeAsync(InvitationId id, CancellationToken cancellation)
    {
        var found = await PendingAsync(id, cancellation);
        if (found.Value is not { } invitation)
            return found.Refused!;
        if (invitation.Sent >= SentMax)
            return new Refused(Problems.RateLimitExceeded, $"{SentMax} codes were sent: whoever invited may invite anew.");
        if (invitation.SentAt + SentEvery > time.GetUtcNow())
            return new Refused(Problems.RateLimitExceeded, "A code was sent less than a minute ago.");
        return await SendAsync(invitation, await CustomerAsync(invitation));
    }

    /// <param name="name">Of a person who is not known yet; null: as the invitation says.</param>
    public async Task<Outcome<Member>> AcceptAsync(InvitationId id, string? code, string? name, CancellationToken cancellation)
    {
        if (name is not null && (string.IsNullOrWhiteSpace(name) || name.Length > Customers.NameLengthMax))
            return Refused.Invalid("name", $"A name has 1 to {Customers.NameLengthMax} characters.");
        if (string.IsNullOrWhiteSpace(code))
            return Refused.Invalid("code", "The code that was sent is expected.");
        var found = await PendingAsync(id, cancellation);
        if (found.Value is not { } invitation)
            return found.Refused!;
        // What cannot be accepted must not use the code up.
        if (await WhyNotNowAsync(invitation, cancellation) is { } not)
            return not;
        if (await CheckAsync(invitation, code.Trim(), cancellation) is { } wrong)
            return wrong;
        await using var _ = await turns.TakeAsync(Turns.MembersOf(invitation.Customer), CancellationToken.None);
        return await WhyNotNowAsync(invitation, CancellationToken.None) is { } late ? late : await JoinAsync(invitation, name);
    }

    /// <summary>By the invited.</summary>
    public async Task<Outcome<Invitation>> DeclineAsync(InvitationId id, CancellationToken cancellation)
    {
        var found = await PendingAsync(id, cancellation);
        return found.Value is { } invitation ? await EndAsync(invitation, InvitationState.Declined) : found;
    }

    /// <summary>By those who invited.</summary>
    /// <param name="by">Null: the operator.</param>
    public async Task<Outcome<Invitation>> WithdrawAsync(
        PartyId customer,
        InvitationId id,
        MembershipId? by,
        CancellationToken cancellation
    )
    {
        var found = await PendingAsync(id, cancellation);
        if (found.Value is not { } invitation)
            return found;
        if (invitation.Customer != customer)
            return Refused.NotFound("invitation", id.ToString());
        var not = await members.WhyNotAsync(
            await CustomerAsync(invitation),
            by,
            MemberAct.ManageMembers,
            invitation.Terms.Parent,
            cancellation
        );
        return not is not null ? not : await EndAsync(invitation, InvitationState.Withdrawn);
    }

    private async Task<Outcome<Member>> JoinAsync(Invitation invitation, string? name)
    {
        var (now, terms, customer) = (time.GetUtcNow(), invitation.Terms, await CustomerAsync(invitation));
        var called = (name ?? terms.Name ?? invitation.PhoneNumber).Trim();
        var individual = new Individual(ids.Next<IndividualKind>(), invitation.PhoneNumber, called, now);
        var parent = terms.Parent ?? Allotment.Root;
        var node = new Allotment(
            ids.Next<AllotmentKind>(),
            parent,
            called,
            AllotmentType.Member,
            terms.Limits,
            Models: terms.Models,
            Hours: terms.Hours,
            IsClosed: await Seating.IsBySeatAsync(subscriptions, customer.Id, CancellationToken.None) // until there is a seat
        );
        var membership = new Membership(
            ids.Next<MembershipKind>(),
            customer.Id,
            individual.Id,
            terms.Role,
            now,
            node.Id,
            terms.Role == MemberRole.DepartmentAdministrator ? terms.Parent : null
        );
        var accepted = invitation with { State = InvitationState.Accepted, EndedAt = now, Membership = membership.Id };
        var served = (await accounts.ServedTreeAsync(customer.Account)).FirstOrDefault(one => one.View.Terms.Id == parent);
        var joined = await store.AcceptAsync(
            accepted,
            individual,
            membership,
            served?.Account ?? customer.Account,
            new PutAllotment(ids.Next<CommandKind>(), node)
        );
        if (joined is null)
            return new Refused(Problems.Conflict, $"{invitation.PhoneNumber} is a member already, or the invitation was answered.");
        await outbox.DispatchAsync(CancellationToken.None);
        return joined;
    }

    /// <summary>Null: it may be accepted now.</summary>
    private async Task<Refused?> WhyNotNowAsync(Invitation invitation, CancellationToken cancellation)
    {
        var found = await PendingAsync(invitation.Id, cancellation);
        if (found.Value is null)
            return found.Refused;
        var customer = await CustomerAsync(invitation);
        if (customer.Suspended)
            return new Refused(Problems.AccountSuspended, "This account is suspended.");
        return await membersMax.WhyNotOneMoreAsync(customer, waiting: 0, cancellation)
            ?? (invitation.Terms.Parent is { } parent ? await members.NodeAsync(customer, parent) : null);
    }

    private async Task<Refused?> CheckAsync(Invitation invitation, string code, CancellationToken cancellation)
    {
        if (invitation.Authentication is not { } authentication)
            return new Refused(Problems.WrongState, "No code could be sent yet: have one sent.");
        try
        {
            return await passwords.CheckAsync(authentication, code, cancellation) switch
            {
                PasswordCheck.Right => null,
                PasswordCheck.Wrong => Refused.Invalid("code", "This is not the code that was sent."),
                PasswordCheck.TooManyTries => Refused.Invalid("code", "No try is left: have another code sent."),
                _ => Refused.Invalid("code", "This code is good no more: have another sent."),
            };
        }
        catch (HttpRequestException)
        {
            return Away;
        }
    }

    private async Task<Outcome<Invitation>> SendAsync(Invitation invitation, Customer customer)
    {
        var settings = await notifications.SettingsAsync(customer.Id, CancellationToken.None) ?? NotificationSettings.Default;
        Outcome<OneTimePassword> sent;
        try
        {
            sent = await passwords.SendAsync(invitation.PhoneNumber, MessageOf(customer, settings.Language), CancellationToken.None);
        }
        catch (HttpRequestException)
        {
            return Away;
        }
        if (sent.Value is not { } password)
            return sent.Refused!;
        var known = invitation with { Authentication = password.Id, SentAt = time.GetUtcNow(), Sent = invitation.Sent + 1 };
        return await store.ChangeInvitationAsync(known) ? known : Answered(known);
    }

    private async Task<Outcome<Invitation>> EndAsync(Invitation invitation, InvitationState state)
    {
        var ended = invitation with { State = state, EndedAt = time.GetUtcNow() };
        return await store.ChangeInvitationAsync(ended) ? ended : Answered(invitation);
    }

    private async Task<Outcome<Invitation>> PendingAsync(InvitationId id, CancellationToken cancellation)
    {
        if (await store.FindInvitationAsync(id, cancellation) is not { } invitation)
            return Refused.NotFound("invitation", id.ToString());
        return invitation.StateAt(time.GetUtcNow()) switch
        {
            InvitationState.Pending => invitation,
            InvitationState.Expired => new Refused(Problems.WrongState, $"The invitation was good until {invitation.ExpiresAt:u}."),
            var ended => new Refused(Problems.WrongState, $"The invitation was {Word(ended)} at {invitation.EndedAt:u}."),
        };
    }

    private async Task<bool> IsMemberAsync(PartyId customer, string phoneNumber, CancellationToken cancellation) =>
        await store.FindIndividualAsync(phoneNumber, cancellation) is { } known
        && (await store.OfIndividualAsync(known.Id, cancellation)).Any(of => of.Customer == customer);

    private async Task<Customer> CustomerAsync(Invitation invitation) =>
        await customers.FindAsync(invitation.Customer, CancellationToken.None)
        ?? throw new InvalidOperationException($"invitation {invitation.Id} has no customer");

    private static Refused? WhatIsWrong(MemberTerms terms)
    {
        if (terms.Role == MemberRole.Owner)
            return Refused.Invalid("role", "A customer has one owner, from its beginning on.");
        if (terms.Role == MemberRole.DepartmentAdministrator && terms.Parent is null)
            return Refused.Invalid("parent", "A department administrator has a department.");
        if (terms.Name is not null && (string.IsNullOrWhiteSpace(terms.Name) || terms.Name.Length > Customers.NameLengthMax))
            return Refused.Invalid("name", $"A name has 1 to {Customers.NameLengthMax} characters.");
        var node = new Allotment(default, default, "member", AllotmentType.Member, terms.Limits, Models: terms.Models, Hours: terms.Hours);
        return node.WhatIsWrong() is { } wrong
            ? Refused.Invalid(
                wrong[..wrong.IndexOf(':', StringComparison.Ordinal)],
                $"{wrong[(wrong.IndexOf(':', StringComparison.Ordinal) + 2)..]}."
            )
            : null;
    }

    /// <summary>Short enough whatever the customer is called.</summary>
    internal static string MessageOf(Customer customer, NoticeLanguage language)
    {
        var name = customer.Name.Length <= NameInMessageMax ? customer.Name : $"{customer.Name[..NameInMessageMax]}…";
        name = name.Replace(IOneTimePasswords.Placeholder, "", StringComparison.Ordinal);
        return language == NoticeLanguage.English
            ? $"Tokenline: {name} invites you to share its plan. To accept, give this code: {IOneTimePasswords.Placeholder}. If you do not know them, ignore it."
            : $"【Tokenline】{name}邀请您共享其套餐，接受请输入验证码{IOneTimePasswords.Placeholder}。如非本人相识，请忽略。";
    }

    private static string Word(InvitationState state) => state.ToString().ToLowerInvariant();

    private static Refused Answered(Invitation invitation) =>
        new(Problems.WrongState, $"The invitation of {invitation.PhoneNumber} was answered meanwhile.");

    private static Refused Away => new(Problems.UpstreamUnavailable, "The carrier cannot be reached at the moment. Try again.");
}
