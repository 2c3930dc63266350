namespace Tokenline.Commerce.Access;

/// <summary>What is counted against guessing and flooding.</summary>
public enum SignInAttempt
{
    /// <summary>A code was asked for.</summary>
    Code = 1,

    /// <summary>A code was tried and was not known to be right.</summary>
    Wrong = 2,
}

/// <summary>Keeps challenges, sessions, and what was tried.</summary>
public interface ISessionStore
{
    Task AddAsync(Challenge challenge, CancellationToken cancellation);

    Task<Challenge?> FindChallengeAsync(string id, CancellationToken cancellation);

    /// <summary>It is good no more.</summary>
    Task RemoveChallengeAsync(string id);

    /// <summary>Writes an attempt down; its number takes it back.</summary>
    Task<long> NoteAsync(SignInAttempt attempt, string phoneNumber, string address, DateTimeOffset at, CancellationToken cancellation);

    Task TakeBackAsync(long attempt);

    /// <summary>Attempts since an instant by this number or from this address (the other is null), and when the oldest of them was.</summary>
    Task<AttemptCount> CountAsync(
        SignInAttempt attempt,
        string? phoneNumber,
        string? address,
        DateTimeOffset since,
        CancellationToken cancellation
    );

    Task AddAsync(Session session, CancellationToken cancellation);

    /// <summary>Also one that has ended.</summary>
    Task<Session?> FindAsync(string secretHash, CancellationToken cancellation);

    /// <summary>All that have not been ended, newest first.</summary>
    Task<IReadOnlyList<Session>> ListAsync(string phoneNumber, CancellationToken cancellation);

    /// <summary>It was used then.</summary>
    Task SeenAsync(SessionId id, DateTimeOffset at);

    /// <summary>Ended before, it stays as it is.</summary>
    Task EndAsync(SessionId id, DateTimeOffset at);

    /// <summary>Whose console it shows from now on.</summary>
    Task ShowAsync(SessionId id, PartyId customer);

    /// <summary>The key of its playground.</summary>
    Task KeepKeyAsync(SessionId id, KeyId? key);

    /// <summary>Challenges, attempts and sessions from before these instants go.</summary>
    Task ForgetAsync(DateTimeOffset attemptsBefore, DateTimeOffset sessionsBefore, CancellationToken cancellation);
}

public readonly record struct AttemptCount(int Count, DateTimeOffset? Oldest);
