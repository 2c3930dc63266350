namespace Tokenline.Commerce.Routing;

/// <summary>Keeps rules of substitution. Each call is one transaction.</summary>
public interface ISubstitutionStore
{
    /// <summary>All rules, oldest first.</summary>
    Task<IReadOnlyList<Substitution>> LoadAsync(CancellationToken cancellation);

    Task AddAsync(Substitution rule, CancellationToken cancellation);

    /// <summary>False when there is none.</summary>
    Task<bool> RemoveAsync(SubstitutionId id, CancellationToken cancellation);
}
