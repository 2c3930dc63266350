using Tokenline.Charging.Accounts;

namespace Tokenline.Commerce.Parties;

/// <summary>Keeps persons, what they are to customers, and invitations. A person is a member of a customer once at a time, and is invited to it once at a time.</summary>
public interface IMemberStore
{
    Task<Individual?> FindIndividualAsync(string phoneNumber, CancellationToken cancellation);

    Task<Member?> FindAsync(MembershipId id, CancellationToken cancellation);

    /// <summary>All of a customer, closed ones too, in the order they came.</summary>
    Task<IReadOnlyList<Member>> ListAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Active ones of a person, oldest first.</summary>
    Task<IReadOnlyList<Membership>> OfIndividualAsync(IndividualId individual, CancellationToken cancellation);

    /// <summary>Active ones, the owner included.</summary>
    Task<int> CountAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Role and department, of one that is active. False: it is closed.</summary>
    Task<bool> SetRoleAsync(Membership changed, CancellationToken cancellation);

    /// <summary>In one transaction: the membership closed, these keys revoked, and the command that closes its node in the outbox. False: it was closed before, and nothing is done.</summary>
    Task<bool> CloseAsync(Membership closed, IReadOnlyCollection<KeyId> keys, AccountId account, AccountCommand? command);

    /// <summary>False: the number has one of this customer that is pending. Those that have expired until now give way.</summary>
    Task<bool> InviteAsync(Invitation invitation, DateTimeOffset now, CancellationToken cancellation);

    Task<Invitation?> FindInvitationAsync(InvitationId id, CancellationToken cancellation);

    /// <summary>Of a customer, newest first, those that have ended too.</summary>
    Task<IReadOnlyList<Invitation>> InvitationsAsync(PartyId customer, CancellationToken cancellation);

    /// <summary>Those that a number may answer now, newest first.</summary>
    Task<IReadOnlyList<Invitation>> InvitationsAsync(string phoneNumber, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>How many of a customer wait for an answer now.</summary>
    Task<int> CountInvitationsAsync(PartyId customer, DateTimeOffset now, CancellationToken cancellation);

    /// <summary>Changes one that is pending. False: it is not.</summary>
    Task<bool> ChangeInvitationAsync(Invitation changed);

    /// <summary>
    /// In one transaction: the invitation accepted, the person (unless the number is known), the membership, and the command that makes its node in the outbox.
    /// Null: the invitation is not pending any more, or the person is a member already; nothing is done.
    /// </summary>
    /// <param name="individual">Taken where the number is not known yet.</param>
    Task<Member?> AcceptAsync(Invitation accepted, Individual individual, Membership membership, AccountId account, AccountCommand node);
}
