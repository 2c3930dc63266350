using Tokenline.Charging.Accounts;

namespace Tokenline.Charging.Leases;

// What is asked by a person has an id, as every command. What moves quantities between the two accounts needs none: it names sums since the beginning of the lease,
// or the state that it presumes, so that repeated, late or twice at once it changes nothing.

/// <summary>To the lessor: no new call passes the node any more; once its running ones have ended, another account serves it.</summary>
public sealed record LeaseSubtree(CommandId Command, LeaseTerms Terms) : AccountCommand;

/// <summary>To the lessor: the lease ends. The lessee holds no new call and gives back what is free, the rest as its calls end; then the subtree is the lessor's again.</summary>
public sealed record RecallLease(CommandId Command, AllotmentId Node) : AccountCommand;

/// <summary>To the lessor: take from its buckets what the lessee lacks. Refused with the reason that a call which lacks it is to hear.</summary>
/// <param name="Number">Of the newest supply that the lessee has got. Another one is on its way where the lessor knows a later: then nothing is lent.</param>
/// <param name="IsUsed">Calls came since then; unused, what was lent runs out.</param>
/// <param name="IsForCall">A call waits for it: as much as the lease allows, not only its size.</param>
public sealed record LendQuota(AccountId Lessee, long Number, LeftPart[] Left, bool IsUsed, bool IsForCall) : AccountCommand;

/// <param name="Mirror">The lessee's bucket.</param>
public sealed record LeftPart(BucketId Mirror, long Remaining, long Reserved);

/// <summary>To the lessor: what has become of what it lent.</summary>
/// <param name="Sequence">Of the lessee, when it was so. An older one is ignored.</param>
public sealed record AccountForLease(AccountId Lessee, long Sequence, SpentPart[] Parts) : AccountCommand;

/// <summary>Sums since the beginning of the lease.</summary>
/// <param name="Returned">Unused, or given back after it was consumed.</param>
/// <param name="Refunded">Of <paramref name="Returned"/>, what had been consumed: where the lessor's bucket has ended meanwhile, it is revived.</param>
public sealed record SpentPart(BucketId Mirror, long Consumed, long Returned, long Refunded);

/// <summary>To the lessor: the lessee has ended; this is the subtree with what its limits have counted.</summary>
public sealed record TakeBackSubtree(AccountId Lessee, long Sequence, AllotmentImage[] Tree) : AccountCommand;

/// <summary>To the lessee, which is a new account: what it serves from now on.</summary>
/// <param name="Tree">The lessor's nodes on the way to the subtree, without their limits; then the subtree, with what its limits have counted.</param>
public sealed record AdoptSubtree(AccountId Lessor, LeaseTerms Terms, AllotmentImage[] Tree) : AccountCommand;

/// <summary>To the lessee: what it has been lent.</summary>
/// <param name="Number">Supplies are numbered from 1; one that is not newer than the newest is ignored.</param>
/// <param name="Until">Then it holds no call on any of it.</param>
public sealed record GrantLease(AccountId Lessor, long Number, DateTimeOffset Until, LentPart[] Parts) : AccountCommand;

/// <param name="Grant">The lessee's bucket: in scope, priority and end like the lessor's; without an amount.</param>
/// <param name="Lent">Since the beginning of the lease.</param>
public sealed record LentPart(BucketGrant Grant, long Lent);

/// <summary>To the lessee: it holds no new call, for ever.</summary>
public sealed record EndLease(AccountId Lessor) : AccountCommand;

/// <summary>To the lessee: the lessor is suspended, or is not any more.</summary>
public sealed record FollowStanding(AccountId Lessor, bool IsSuspended) : AccountCommand;
