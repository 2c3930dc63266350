using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Migrations;
using Npgsql.EntityFrameworkCore.PostgreSQL.Metadata;

#nullable disable

namespace Tokenline.Storage.Management.MigrationsPostgres
{
    [DbContext(typeof(PostgresManagementDb))]
    [Migration("20261126144525_SignIn")]
    public class SignIn : Migration
    {
        /// <inheritdoc />
        protected override void Up(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.CreateTable(
                name: "session",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<long>(type: "bigint", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PartyId = table.Column<long>(type: "bigint", nullable: false),
                    SecretHash = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    CreatedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    SeenAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    ExpiresAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    EndedAt = table.Column<string>(type: "text", nullable: true, collation: "C"),
                    Device = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PlaygroundKeyId = table.Column<long>(type: "bigint", nullable: true),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_session", x => x.Id);
                    table.ForeignKey(
                        name: "FK_session_party_PartyId",
                        column: x => x.PartyId,
                        principalSchema: "management",
                        principalTable: "party",
                        principalColumn: "Id",
                        onDelete: ReferentialAction.Cascade
                    );
                }
            );

            migrationBuilder.CreateTable(
                name: "sign_in_attempt",
                schema: "management",
                columns: table => new
                {
                    Number = table
                        .Column<long>(type: "bigint", nullable: false)
                        .Annotation("Npgsql:ValueGenerationStrategy", NpgsqlValueGenerationStrategy.IdentityByDefaultColumn),
                    Attempt = table.Column<int>(type: "integer", nullable: false),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    Address = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    At = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sign_in_attempt", x => x.Number);
                }
            );

            migrationBuilder.CreateTable(
                name: "sign_in_challenge",
                schema: "management",
                columns: table => new
                {
                    Id = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PhoneNumber = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    PasswordId = table.Column<string>(type: "text", nullable: false, collation: "C"),
                    AskedAt = table.Column<string>(type: "text", nullable: false, collation: "C"),
                },
                constraints: table =>
                {
                    table.PrimaryKey("PK_sign_in_challenge", x => x.Id);
                }
            );

            migrationBuilder.CreateIndex(name: "IX_session_CreatedAt", schema: "management", table: "session", column: "CreatedAt");

            migrationBuilder.CreateIndex(name: "IX_session_PartyId", schema: "management", table: "session", column: "PartyId");

            migrationBuilder.CreateIndex(name: "IX_session_PhoneNumber", schema: "management", table: "session", column: "PhoneNumber");

            migrationBuilder.CreateIndex(
                name: "IX_session_SecretHash",
                schema: "management",
                table: "session",
                column: "SecretHash",
                unique: true
            );

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_attempt_Address_At",
                schema: "management",
                table: "sign_in_attempt",
                columns: new[] { "Address", "At" }
            );

            migrationBuilder.CreateIndex(name: "IX_sign_in_attempt_At", schema: "management", table: "sign_in_attempt", column: "At");

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_attempt_PhoneNumber_At",
                schema: "management",
                table: "sign_in_attempt",
                columns: new[] { "PhoneNumber", "At" }
            );

            migrationBuilder.CreateIndex(
                name: "IX_sign_in_challenge_AskedAt",
                schema: "management",
                table: "sign_in_challenge",
                column: "AskedAt"
            );
        }

        /// <inheritdoc />
        protected override void Down(MigrationBuilder migrationBuilder)
        {
            migrationBuilder.DropTable(name: "session", schema: "management");

            migrationBuilder.DropTable(name: "sign_in_attempt", schema: "management");

            migrationBuilder.DropTable(name: "sign_in_challenge", schema: "management");
        }
    }
}
