using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126134715_People")]
    public class People : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropIndex(name: "IX_party_PhoneNumber", schema: "management", table: "party");

            migrationBuilder.AddColumn<int>(
                name: "Type",
                schema: "management",
                table: "party",
                type: "integer",
                nullable: false,
                defaultValue: 1
            );

            migrationBuilder.CreateTable(
                name: "individual",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Name = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_individual", x => x.Id);
                }
            );

            migrationBuilder.CreateTable(
                name: "invitation",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Terms = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    State = table.Column<int>(type: "integer", nullable: false),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Authentication = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    SentAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Sent = table.Column<int>(type: "integer", nullable: false),
                    ById = table.Column<long>(type: "bigint", nullable: true),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    MembershipId = table.Column<long>(type: "bigint", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_invitation", x => x.Id);
                    table.ForeignKey(
                        name: "FK_invitation_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "party_role",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    IndividualId = table.Column<long>(type: "bigint", nullable: false),
                    Role = table.Column<int>(type: "integer", nullable: false),
                    From = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AllotmentId = table.Column<long>(type: "bigint", nullable: true),
                    DepartmentId = table.Column<long>(type: "bigint", nullable: true),
                    Until = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    EndReason = table.Column<string>(type: "text", nullable: true, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_party_role", x => x.Id);
                    table.ForeignKey(
                        name: "FK_party_role_individual_IndividualId",
                        column: x => x.IndividualId,
                        principalSchema: "management",
                        principalTable: "individual",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                    table.ForeignKey(
                        name: "FK_party_role_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateIndex(
                name: "IX_party_PhoneNumber_Type",
                schema: "management",
                table: "party",
                columns: new[] { "PhoneNumber", "Type" },
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_individual_PhoneNumber",
                schema: "management",
                table: "individual",
                column: "PhoneNumber",
                unique: true
            );

            migrationBuilder.CreateIndex(name: "IX_invitation_PartyId", schema: "management", table: "invitation", column: "PartyId");

            migrationBuilder.CreateIndex(
                name: "IX_invitation_pending",
                schema: "management",
                table: "invitation",
                columns: new[] { "PhoneNumber", "PartyId" },
                unique: true,
                filter: "\"State\" = 1"
            );

            migrationBuilder.CreateIndex(
                name: "IX_party_role_IndividualId",
                schema: "management",
                table: "party_role",
                column: "IndividualId"
            );

            migrationBuilder.CreateIndex(
                name: "IX_party_role_active",
                schema: "management",
                table: "party_role",
                columns: new[] { "PartyId", "IndividualId" },
                unique: true,
                filter: "\"Until\" IS NULL"
            );

            // Customers of before are persons, and own themselves.
            migrationBuilder.Sql(
                """INSERT INTO management.individual ("Id", "PhoneNumber", "Name", "CreatedAt") SELECT "Id", "PhoneNumber", "Name", "CreatedAt" FROM management.party"""
            );
            migrationBuilder.Sql(
                """INSERT INTO management.party_role ("Id", "PartyId", "IndividualId", "Role", "From") SELECT "Id", "Id", "Id", 1, "CreatedAt" FROM management.party"""
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "invitation", schema: "management");

            migrationBuilder.DropTable(name: "party_role", schema: "management");

            migrationBuilder.DropTable(name: "individual", schema: "management");

            migrationBuilder.DropIndex(name: "IX_party_PhoneNumber_Type", schema: "management", table: "party");

            migrationBuilder.DropColumn(name: "Type", schema: "management", table: "party");

            migrationBuilder.CreateIndex(
                name: "IX_party_PhoneNumber",
                schema: "management",
                table: "party",
                column: "PhoneNumber",
                unique: true
            );
        }
    }
}
