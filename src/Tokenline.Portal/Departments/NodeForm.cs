namespace Tokenline.Portal.Departments;

/// <summary>What is typed about a department or a project.</summary>
internal sealed class NodeForm
{
    public string? Name { get; set; }
    public string? Parent { get; set; }
    public string? Kind { get; set; }
    public People.LimitForm Limits { get; set; } = new();
}

/// <summary>A part of a pool that goes from one department to another.</summary>
internal sealed class MoveForm
{
    public string? Pool { get; set; }
    public string? From { get; set; }
    public string? To { get; set; }
    public string? Amount { get; set; }

    /// <summary>Its own name, from the page before: sent twice it is one move.</summary>
    public string? Key { get; set; }
}

/// <summary>What a department may take of a pool, and what it is guaranteed.</summary>
internal sealed class ShareForm
{
    public string? Pool { get; set; }
    public string? Node { get; set; }
    public string? Most { get; set; }
    public string? Least { get; set; }
}
